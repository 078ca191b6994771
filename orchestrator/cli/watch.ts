/** Watches a search until it ends, with a progress line on standard error. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { bestOf, readProgress, type SearchProgress } from '../../review/results/index.js';
import { estimator, type TrackingClient } from '../app/index.js';
import { progressLine, progressWriter } from './render.js';

/**
 * Resolves once the search has ended.
 * @throws the signal's reason once it aborts; Error when the search is gone from Redis or its job broke
 */
export async function watchSearch(
  { searches, client }: { searches: Queue; client: TrackingClient },
  searchId: string,
  signal: AbortSignal,
): Promise<void> {
  const writer = progressWriter();
  const started = Date.now();
  const leader = bestSoFar(client);
  let estimate: ReturnType<typeof estimator> | undefined;
  // Without Redis a question waits for its return; a person who stops does not.
  const aborted = once(signal, 'abort').then(() => Promise.reject(signal.reason));
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const progress = await Promise.race([readProgress(searches, searchId), aborted]);
      if (progress === undefined)
        throw new Error(`search ${searchId} is no longer in the queue: it was cancelled`);
      estimate ??= estimator(progress.search);
      const seconds = (Date.now() - started) / 1000;
      const line = progressLine(progress, estimate(progress, seconds), seconds, leader(progress));
      writer.show(line, `${progress.step} ${progress.folds.settled}`);
      if (progress.result !== undefined) return;
      if (progress.step === 'broken') {
        throw new Error(`search ${searchId} broke: ${progress.failure ?? 'unknown reason'}`);
      }
      await sleep(250, undefined, { signal });
    }
  } finally {
    writer.end();
  }
}

/** The best mean so far, asked for whenever a trial has settled. Nobody waits for the answer, and nothing hangs on it. */
function bestSoFar(client: TrackingClient): (progress: SearchProgress) => number | undefined {
  let best: number | undefined;
  let asked = 0;
  let busy = false;
  return ({ trials, search: { context }, result }) => {
    if (result?.best !== undefined) return result.best.mean;
    if (!busy && trials.settled > asked) {
      busy = true;
      asked = trials.settled;
      const { experimentId, parentRunId: runId, objective } = context;
      bestOf(client, { experimentId, runId, objective, winnerRunId: null })
        .then((found) => {
          best = found?.mean ?? best;
        })
        .catch(() => undefined)
        .finally(() => {
          busy = false;
        });
    }
    return best;
  };
}
