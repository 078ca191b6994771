/** What a job says of the configuration it is about. */
import { z } from 'zod';

/** A value of one parameter of a configuration. */
export const parameterValue = z.union([z.number(), z.string(), z.boolean()]);
export type ParameterValue = z.infer<typeof parameterValue>;

/**
 * One point of the search space: a model kind and a value for every parameter of it, training parameters
 * (`epochs`, `batch_size`, `learning_rate`, `patience`) included, defaults filled in.
 */
export const configuration = z.object({
  /** Position in the order of proposal, from 0; the tie-break of the ranking. */
  index: z.number().int().nonnegative(),
  /** Stable hash of model kind and parameters, 12 hexadecimal digits; independent of key order. */
  hash: z.string().regex(/^[0-9a-f]{12}$/),
  model: z.string(),
  parameters: z.record(z.string(), parameterValue),
});
export type Configuration = z.infer<typeof configuration>;

/** What trials are ranked by. Which metrics there are is for whoever measures them. */
export const objective = z.object({ metric: z.string(), direction: z.enum(['maximize', 'minimize']) });
export type Objective = z.infer<typeof objective>;
