/** A strategy's options as they come back from the queue. */
import { z } from 'zod';

const options = z.object({
  order: z.enum(['declared', 'spread']).default('declared'),
  max_trials: z.number().int().positive().default(Number.POSITIVE_INFINITY),
  /** Configurations of a generation, of an adaptive or a pruned search. */
  generation: z.number().int().positive().default(8),
  /** Absent: the search's own. */
  seed: z.number().int().nonnegative().optional(),
});

/** @throws Error when they are not what this version writes */
export const optionsOf = (strategy: unknown): z.output<typeof options> => options.parse(strategy);
