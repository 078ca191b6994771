/** The model kinds' parameters as the schema wants them; reading them loads no training engine. */
import type { z } from 'zod';
import { MODEL_KINDS, modelParameters, TRAINING_PARAMETERS } from '../../learning/models/index.js';

/** What the schema needs to know about models: the parameters, not how to build one. */
interface ParameterTable {
  readonly kinds: Readonly<
    Record<string, { readonly description: string; readonly parameters: z.ZodObject }>
  >;
  /** Parameters of every kind: epochs, batch_size, learning_rate, patience. */
  readonly training: z.ZodObject;
}

export const PARAMETERS: ParameterTable = {
  kinds: Object.fromEntries(
    Object.values(MODEL_KINDS).map((kind) => [
      kind.name,
      { description: kind.description, parameters: modelParameters(kind) },
    ]),
  ),
  training: TRAINING_PARAMETERS,
};
