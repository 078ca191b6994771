/** Ranks of the trials on their child runs, as scikit-learn's `rank_test_score` has them. */
import type { SearchContext } from '../../queue/index.js';
import type { Deps } from './orchestrator.js';
import { rankedChildren } from './select.js';

/** Runs whose ranks are written at once; the client bounds the requests. */
const AT_ONCE = 200;

/** Best first, 1 the best; equal means share the lower rank; a trial without a mean has none. */
export async function writeRanks(
  context: SearchContext,
  timestamp: number,
  { tracking }: Deps,
): Promise<void> {
  let place = 0;
  let rank = 0;
  let score = Number.NaN;
  let waiting: Promise<void>[] = [];
  for await (const { info, metrics } of rankedChildren(context, tracking)) {
    const mean = metrics.mean_test_score;
    if (mean === undefined) continue;
    place++;
    if (mean !== score) rank = place;
    score = mean;
    const point = { key: 'rank_test_score', value: rank, timestamp, step: 0 };
    waiting.push(tracking.logBatch(info.runId, { metrics: [point] }));
    if (waiting.length === AT_ONCE) {
      await Promise.all(waiting);
      waiting = [];
    }
  }
  await Promise.all(waiting);
}
