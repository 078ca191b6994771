/** Model kinds: what can be trained on features. */
import { z } from 'zod';
import { entryOf } from '../table.js';
import { MODEL_KINDS } from './table.js';
import { type ModelKind, trainingOf } from './types.js';

export type { Parameters, ParameterValue } from '../features/index.js';
export { TRAINING_PARAMETERS } from './parameters.js';
export { namedWeights, type SavedModel, savePortableModel, toPortableModel } from './portable.js';
export { probabilitiesOf, toProbabilities } from './probabilities.js';
export {
  type LabelledExamples,
  type ModelKind,
  type ModelShape,
  type NamedWeights,
  type Network,
  type NetworkPass,
  type Optimizer,
  outputs,
  type ScoringNetwork,
  type Solution,
  type SolvedKind,
  type SteppedKind,
} from './types.js';
export { MODEL_KINDS };

/** @throws Error when there is no such kind */
export const modelKind = (name: string): ModelKind => entryOf(MODEL_KINDS, 'model kind', name);

/**
 * Every parameter of a model kind: its own, its features' and its training's, if it is trained in steps. Unknown keys are refused.
 *
 * @param kind - A key of {@link MODEL_KINDS}, or the kind itself.
 * @throws Error when there is no such kind.
 */
export function modelParameters(kind: string | ModelKind): z.ZodObject {
  const one = typeof kind === 'string' ? modelKind(kind) : kind;
  return z.strictObject({
    ...one.parameters.shape,
    ...one.features.parameters.shape,
    ...trainingOf(one)?.shape,
  });
}
