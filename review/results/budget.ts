/** What a search may take, and how much of it is used. */

import type { Control } from '../../queue/index.js';
import { ROLE, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import type { SearchProgress } from './progress.js';
import type { SearchSummary } from './searches.js';
import { count, time } from './words.js';

export interface Budget {
  /** As the file writes them; null of what is not limited. */
  readonly maxDuration: {
    readonly written: string;
    readonly seconds: number;
    /** ms since 1970: when its time began to be counted, later by its pauses; null before it has. */
    readonly since: number | null;
    /** ms since 1970: when it trained no more; null while it goes on, and is not paused. */
    readonly until: number | null;
  } | null;
  readonly maxFailures: { readonly most: number; readonly failed: number } | null;
  /** Of a fold, and of a training process. */
  readonly trialTimeout: string | null;
  readonly maxMemory: string | null;
}

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Seconds of `2h`, as a search space file has it. */
function secondsIn(written: string): number | undefined {
  const [, number, unit = ''] = /^(\d+(?:\.\d+)?)\s?([smhd])$/.exec(written) ?? [];
  return number === undefined ? undefined : Number(number) * SECONDS[unit]!;
}

/**
 * Reads what is used from tracking, so that it is known also once the search has left the queue.
 *
 * @param progress - Where the queue has the search: it knows when its time began.
 * @param control - Its pauses, whose time does not count.
 * @returns null of a search without any limit
 */
export async function readBudget(
  client: TrackingClient,
  search: SearchSummary,
  progress?: Pick<SearchProgress, 'search'>,
  control?: Pick<Control, 'pausedSince' | 'pausedMs'>,
): Promise<Budget | null> {
  const { max_duration, max_failures, trial_timeout, max_memory } = search.params;
  if ([max_duration, max_failures, trial_timeout, max_memory].every((one) => one === undefined)) return null;
  const written = max_duration === undefined ? undefined : String(max_duration);
  const seconds = written && secondsIn(written);
  const most = Number(max_failures);
  const [since, failed] = await Promise.all([
    seconds ? (progress?.search.progress.startedAt ?? firstStart(client, search)) : null,
    Number.isInteger(most) ? failures(client, search, most) : 0,
  ]);
  return {
    maxDuration: written && seconds ? { written, seconds, ...counted(since, search, control) } : null,
    maxFailures: Number.isInteger(most) ? { most, failed } : null,
    trialTimeout: trial_timeout === undefined ? null : String(trial_timeout),
    maxMemory: max_memory === undefined ? null : String(max_memory),
  };
}

function counted(
  since: number | null,
  { endTime, usedMs }: Pick<SearchSummary, 'endTime' | 'usedMs'>,
  { pausedSince, pausedMs }: Pick<Control, 'pausedSince' | 'pausedMs'> = {
    pausedSince: undefined,
    pausedMs: 0,
  },
): { since: number | null; until: number | null } {
  const earlier = pausedSince === undefined ? pausedMs : pausedMs - Math.max(0, Date.now() - pausedSince);
  const began = since && since + Math.max(0, earlier);
  if (began !== null && usedMs !== null) return { since: began, until: began + usedMs };
  return { since: began, until: endTime ?? pausedSince ?? null };
}

const trialsOf = ({ experimentId, runId }: SearchSummary) => ({
  experimentIds: [experimentId],
  filter: `${tagIs(TAGS.parentRunId, runId)} and ${tagIs(TAGS.role, ROLE.trial)}`,
});

async function firstStart(client: TrackingClient, search: SearchSummary): Promise<number | null> {
  const orderBy = ['attributes.start_time ASC'];
  const { runs } = await client.searchRunsPage({ ...trialsOf(search), orderBy, maxResults: 1 });
  return runs[0]?.info.startTime ?? null;
}

/** One more than may fail ends the search: more need not be counted. */
async function failures(client: TrackingClient, search: SearchSummary, most: number): Promise<number> {
  const { experimentIds, filter } = trialsOf(search);
  const { runs } = await client.searchRunsPage({
    experimentIds,
    filter: `${filter} and attributes.status = 'FAILED'`,
    maxResults: Math.min(1000, most + 1),
  });
  return runs.length;
}

/** Seconds that are used by now. */
export const usedSeconds = (
  { since, until }: NonNullable<Budget['maxDuration']>,
  now = Date.now(),
): number => (since === null ? 0 : Math.max(0, ((until ?? now) - since) / 1000));

/** `15 s of 2h`, `0 of 5 failures`, `10m a fold`, `2GB a process` */
export function budgetWords(
  { maxDuration, maxFailures, trialTimeout, maxMemory }: Budget,
  now = Date.now(),
): string[] {
  return [
    ...(maxDuration === null ? [] : [`${time(usedSeconds(maxDuration, now))} of ${maxDuration.written}`]),
    ...(maxFailures === null ? [] : [`${maxFailures.failed} of ${count(maxFailures.most, 'failure')}`]),
    ...(trialTimeout === null ? [] : [`${trialTimeout} a fold`]),
    ...(maxMemory === null ? [] : [`${maxMemory} a training process`]),
  ];
}
