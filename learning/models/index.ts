/** The model kinds that a search space can name. A new kind is one file beside this one and its line in the table. */
import { z } from 'zod';
import { lstm } from './lstm.js';
import { TEXT_PARAMETERS, TRAINING_PARAMETERS } from './parameters.js';
import { simple } from './simple.js';
import type { ModelKind } from './types.js';

export { TEXT_PARAMETERS, TRAINING_PARAMETERS } from './parameters.js';
export { namedWeights, toPortableModel } from './portable.js';
export type { ModelKind, ModelShape, NamedWeights, Parameters, ParameterValue } from './types.js';

export const MODEL_KINDS: Readonly<Record<string, ModelKind>> = { simple, lstm };

/**
 * Every parameter of a model kind: its own, the text's and the training's. Unknown keys are refused.
 *
 * @param kind - A key of {@link MODEL_KINDS}, or the kind itself.
 * @throws Error when there is no such kind.
 */
export function modelParameters(kind: string | ModelKind): z.ZodObject {
  const found =
    typeof kind === 'string' ? (Object.hasOwn(MODEL_KINDS, kind) ? MODEL_KINDS[kind] : undefined) : kind;
  if (!found)
    throw new Error(`No model kind "${String(kind)}"; there are ${Object.keys(MODEL_KINDS).join(', ')}.`);
  return z.strictObject({
    ...found.parameters.shape,
    ...TEXT_PARAMETERS.shape,
    ...TRAINING_PARAMETERS.shape,
  });
}
