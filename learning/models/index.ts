/** Model kinds: what can be trained on features. */
import { z } from 'zod';
import { entryOf } from '../table.js';
import { TRAINING_PARAMETERS } from './parameters.js';
import { MODEL_KINDS } from './table.js';
import type { ModelKind } from './types.js';

export type { Parameters, ParameterValue } from '../features/index.js';
export { TRAINING_PARAMETERS } from './parameters.js';
export { namedWeights, type SavedModel, savePortableModel, toPortableModel } from './portable.js';
export { probabilitiesOf, toProbabilities } from './probabilities.js';
export {
  type ModelKind,
  type ModelShape,
  type NamedWeights,
  type Network,
  type NetworkPass,
  outputs,
} from './types.js';
export { MODEL_KINDS };

/** @throws Error when there is no such kind */
export const modelKind = (name: string): ModelKind => entryOf(MODEL_KINDS, 'model kind', name);

/**
 * Every parameter of a model kind: its own, its features' and the training's. Unknown keys are refused.
 *
 * @param kind - A key of {@link MODEL_KINDS}, or the kind itself.
 * @throws Error when there is no such kind.
 */
export function modelParameters(kind: string | ModelKind): z.ZodObject {
  const { parameters, features } = typeof kind === 'string' ? modelKind(kind) : kind;
  return z.strictObject({
    ...parameters.shape,
    ...features.parameters.shape,
    ...TRAINING_PARAMETERS.shape,
  });
}
