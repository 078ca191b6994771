/** Watches a search until it ends, with a progress line on standard error. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import { readProgress } from '../../review/results/index.js';
import { progressLine, progressWriter } from './render.js';

/**
 * Resolves once the search has ended.
 * @throws the signal's reason once it aborts; Error when the search is gone from Redis or its job broke
 */
export async function watchSearch(searches: Queue, searchId: string, signal: AbortSignal): Promise<void> {
  const writer = progressWriter();
  const started = Date.now();
  let first: number | undefined;
  // Without Redis a question waits for its return; a person who stops does not.
  const aborted = once(signal, 'abort').then(() => Promise.reject(signal.reason));
  aborted.catch(() => undefined);
  try {
    for (;;) {
      const progress = await Promise.race([readProgress(searches, searchId), aborted]);
      if (progress === undefined)
        throw new Error(`search ${searchId} is no longer in the queue: it was cancelled`);
      first ??= progress.folds.settled;
      const line = progressLine(progress, { folds: first, seconds: (Date.now() - started) / 1000 });
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
