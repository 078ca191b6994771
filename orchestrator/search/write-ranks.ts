/** Ranks of the trials on their child runs, as scikit-learn's `rank_test_score` has them. */
import type { Run, TrackingClient } from '../../tracking/client/index.js';

/** Ranks under way at once; the client bounds the requests further. */
const AT_ONCE = 200;

/**
 * Passes child runs on, and writes on each its rank meanwhile; a trial without a mean has none.
 *
 * @param rankOf - Rank of a run, 1 the best.
 */
export async function* writingRanks(
  runs: AsyncIterable<Run>,
  rankOf: (run: Run) => number,
  timestamp: number,
  tracking: TrackingClient,
): AsyncGenerator<Run> {
  let waiting: Promise<void>[] = [];
  for await (const run of runs) {
    if (run.metrics.mean_test_score !== undefined) {
      const point = { key: 'rank_test_score', value: rankOf(run), timestamp, step: 0 };
      waiting.push(tracking.logBatch(run.info.runId, { metrics: [point] }));
    }
    yield run;
    if (waiting.length < AT_ONCE) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
}
