/** The model kinds' parameters as the schema wants them; reading them loads no training engine. */
import { z } from 'zod';
import { FEATURES, type Features } from '../../learning/features/index.js';
import { MODEL_KINDS, modelParameters, TRAINING_PARAMETERS } from '../../learning/models/index.js';

/** What the schema needs to know about models: the parameters, not how to build one. */
interface ParameterTable {
  readonly kinds: Readonly<
    Record<string, { readonly description: string; readonly parameters: z.ZodObject }>
  >;
  /** How any kind is trained: epochs, batch_size, learning_rate, early stopping. */
  readonly training: z.ZodObject;
  /** What the block `training` takes: those, and what kinds read of a text. */
  readonly shared: z.ZodObject;
}

export const PARAMETERS: ParameterTable = {
  kinds: Object.fromEntries(
    Object.values(MODEL_KINDS).map((kind) => [
      kind.name,
      { description: kind.description, parameters: modelParameters(kind) },
    ]),
  ),
  training: TRAINING_PARAMETERS,
  shared: Object.values<Features>(FEATURES).reduce(
    (all, { parameters }) => z.object({ ...all.shape, ...parameters.shape }),
    TRAINING_PARAMETERS as z.ZodObject,
  ),
};
