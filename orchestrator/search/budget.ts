/** Budgets: when a search has had enough, and orchestrators' look at the clock while it waits for a window. */
import { Job } from 'bullmq';
import {
  type Control,
  type CutCause,
  readControl,
  readData,
  type SearchPayload,
  searchPayload,
  windowJobId,
} from '../../queue/index.js';
import { TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import type { Deps } from './deps.js';
import { unwatch, watched, wishToStop } from './wish.js';

/** Why the search is to be cut now, if it is: somebody wants it, or a budget has ended. */
export async function causeToCut(
  search: SearchPayload,
  { redis, tracking }: Pick<Deps, 'redis' | 'tracking'>,
): Promise<CutCause | undefined> {
  const control = await readControl(redis, search.context.searchId);
  if (control.stop !== undefined) return control.stop;
  const { budget, progress } = search;
  const { max_duration: time, max_failures: failures } = budget ?? {};
  if (time && progress.startedAt !== undefined && usedMs(progress.startedAt, control) >= time.ms)
    return 'max_duration';
  if (failures !== undefined && (await failedTrials(search, tracking)) > failures) return 'max_failures';
  return undefined;
}

/** What a search has used of its time: while it is paused that stands still. */
const usedMs = (startedAt: number, { pausedMs }: Control): number =>
  Math.max(0, Date.now() - startedAt - pausedMs);

/**
 * Writes down what a search has used of its time, once it trains no more: its refit is no part of that, and Redis forgets pauses.
 * The caller holds the job.
 */
export async function keepUsedTime(
  { context, budget, progress: { startedAt } }: SearchPayload,
  { redis, tracking }: Pick<Deps, 'redis' | 'tracking'>,
): Promise<void> {
  if (budget?.max_duration === undefined || startedAt === undefined) return;
  const used = usedMs(startedAt, await readControl(redis, context.searchId));
  await tracking.logBatch(context.parentRunId, { tags: { [TAGS.usedMs]: String(used) } });
}

/** Trials that have failed so far, those of the windows under way too. */
async function failedTrials({ context, progress }: SearchPayload, tracking: TrackingClient): Promise<number> {
  const open = [progress.window, progress.ahead].filter((one) => one !== undefined);
  const counts = await Promise.all(
    open.map(async ({ from, to }) => {
      const { runs } = await tracking.searchRunsPage({
        experimentIds: [context.experimentId],
        filter: `${tagIs(TAGS.window, windowJobId(context.searchId, from))} and attributes.status = 'FAILED'`,
        maxResults: to - from,
      });
      return runs.length;
    }),
  );
  return counts.reduce((sum, count) => sum + count, progress.trials.failed);
}

/** How often to look, ms. */
const LOOK_EVERY = 1000;

/** Looks after searches that may have to be cut; every orchestrator does. */
export function lookAfterBudgets(deps: Pick<Deps, 'redis' | 'tracking' | 'searches'>): {
  stop(): Promise<void>;
} {
  let looking: Promise<void> | undefined;
  const look = (): void => {
    // Trouble with Redis or tracking is told of where work runs into it; the next look comes soon.
    looking ??= lookAtAll(deps)
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
  };
  look();
  const timer = setInterval(look, LOOK_EVERY);
  return {
    stop: async () => {
      clearInterval(timer);
      await looking;
    },
  };
}

async function lookAtAll(deps: Pick<Deps, 'redis' | 'tracking' | 'searches'>): Promise<void> {
  for (const searchId of await watched(deps.redis)) {
    const job = await Job.fromId(deps.searches, searchId);
    if (job === undefined || job.finishedOn !== undefined) {
      await unwatch(searchId, deps.redis);
      continue;
    }
    const search = readable(job);
    if (search === undefined || search.progress.step !== 'plan') continue;
    const cause = search.progress.cut ?? (await causeToCut(search, deps));
    if (cause === undefined) continue;
    await wishToStop(searchId, cause, deps.redis);
    await wakeUp(job, deps);
  }
}

/** One that is signed with another secret is left to those who have it. */
function readable(job: Job): SearchPayload | undefined {
  try {
    return readData(job, searchPayload);
  } catch {
    return undefined;
  }
}

/** Lets a search that waits for a window go on without it; one that is being carried out finds the wish itself. */
async function wakeUp(search: Job, { searches }: Pick<Deps, 'searches'>): Promise<void> {
  if ((await search.getState()) !== 'waiting-children') return;
  const { unprocessed = [] } = await search.getDependencies({ unprocessed: { count: 10 } });
  for (const key of unprocessed) {
    const id = key.slice(key.lastIndexOf(':') + 1);
    // Never its refit.
    if (!id.startsWith(`${search.id}.w`)) continue;
    const window = await Job.fromId(searches, id);
    await window?.removeChildDependency();
  }
}
