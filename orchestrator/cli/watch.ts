/** Watches a search until it ends, with a progress line on standard error. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { bestOf, isPaused, readProgress, type SearchProgress } from '../../review/results/index.js';
import { type Control, estimator, readControl, type TrackingClient } from '../app/index.js';
import { say } from './output.js';
import { progressLine, progressWriter } from './render.js';

/** One look at it. */
export interface Look {
  readonly progress: SearchProgress;
  readonly control: Control;
  /** Mean of the best trial so far. */
  readonly best: number | undefined;
  /** Since it is watched, without pauses. */
  readonly seconds: number;
  /** An estimate. */
  readonly left: number | undefined;
}

/** Where a search is watched. */
interface Watched {
  readonly searches: Queue;
  readonly redis: Redis;
  readonly client: TrackingClient;
  /** Aborts when somebody knows that it has ended: then it is looked at without waiting for the next look's time. */
  readonly ended?: AbortSignal;
}

/**
 * Resolves once the search has ended.
 *
 * @param tell - Told of every look.
 * @throws the signal's reason once it aborts; Error when the search is gone from Redis or its job broke
 */
export async function watchSearch(
  { searches, redis, client, ended }: Watched,
  searchId: string,
  signal: AbortSignal,
  tell: (look: Look) => void = () => undefined,
): Promise<void> {
  const writer = progressWriter();
  const started = Date.now();
  /** ms of pauses before it was watched. */
  let earlier: number | undefined;
  let wasPaused = false;
  const leader = bestSoFar(client);
  let estimate: ReturnType<typeof estimator> | undefined;
  // Without Redis a question waits for its return; a person who stops does not.
  const aborted = once(signal, 'abort').then(() => Promise.reject(signal.reason));
  aborted.catch(() => undefined);
  const news = ended === undefined ? signal : AbortSignal.any([signal, ended]);
  try {
    for (;;) {
      const [progress, control] = await Promise.race([
        Promise.all([readProgress(searches, searchId), readControl(redis, searchId)]),
        aborted,
      ]);
      if (progress === undefined)
        throw new Error(`search ${searchId} is no longer in the queue: it was cancelled`);
      estimate ??= estimator(progress.search);
      const paused = isPaused(control);
      // What it was paused for tells nothing of its speed.
      earlier ??= control.pausedMs;
      const seconds = Math.max(0, Date.now() - started - (control.pausedMs - earlier)) / 1000;
      const state = paused
        ? 'paused'
        : control.stop && progress.step === 'plan'
          ? 'being stopped'
          : undefined;
      if (paused && !wasPaused)
        say(`\nPaused by \`gridsearch pause\`; go on with\n  npx gridsearch resume ${searchId}`);
      wasPaused = paused;
      const guess = estimate(progress, seconds, control.pausedMs);
      const best = leader(progress);
      const line = progressLine({ ...progress, state }, guess, seconds, best);
      writer.show(line, `${state ?? progress.step} ${progress.folds.settled}`);
      tell({ progress, control, best, seconds, left: state === undefined ? guess.left : undefined });
      if (progress.result !== undefined) return;
      if (progress.step === 'broken') {
        throw new Error(`search ${searchId} broke: ${progress.failure ?? 'unknown reason'}`);
      }
      await sleep(250, undefined, { signal: ended?.aborted ? signal : news }).catch(() =>
        signal.throwIfAborted(),
      );
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
