/** What lets a search take over results of earlier ones: keys that are equal only where the numbers are. */
import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Objective } from './configuration.js';

/** How a search's folds are found by later ones, and what it takes over itself. */
export const reuse = z.object({
  /** A digest for each fold's rows, in the order of folds. */
  rows: z.array(z.string().max(64)),
  /** Decided at submission, so that it stays the same over kills; absent where nothing is taken over. */
  from: z
    .object({
      /** {@link reuseKey} of the engine and the code that the search is trained with. */
      key: z.string().regex(/^[0-9a-f]{32}$/),
      /** Only what had ended by then, ms. */
      before: z.number().int(),
    })
    .optional(),
});
export type Reuse = z.infer<typeof reuse>;

/** Engine and code that train, as each names itself. */
export interface Trainer {
  readonly engine: string;
  readonly code: string;
}

/**
 * A digest of what a fold's numbers depend on beside its configuration and its rows: the dataset, the seed that its own seed
 * derives from, the objective that early stopping watches, engine and code. Not on limits, retries or the number of workers.
 */
export function reuseKey(
  { digest, seed, objective }: { digest: string; seed: number; objective: Objective },
  { engine, code }: Trainer,
): string {
  const parts = [digest, seed, objective.metric, objective.direction, engine, code];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
}
