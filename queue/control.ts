/**
 * What people want of a search while it goes on: that it ends early, that it rests, how much it gets. These are fields of the search's
 * own job in Redis beside BullMQ's, so they live as long as the job does, any process finds them, and they are there before anything
 * follows from them.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { type CutCause, cutCause, PREFIX, SEARCH_QUEUE, searchPriority } from './jobs.js';

/** The fields. None of them is one of BullMQ's. */
export const FIELDS = {
  /** Why it is to end, a {@link CutCause}. */
  stop: 'stop',
  /** Since when it is paused, ms of Redis's clock. */
  paused: 'pausedSince',
  /** How long earlier pauses took, ms. */
  pausedFor: 'pausedFor',
  /** Its priority: as it was submitted, once it has begun, or as somebody changed it. */
  weight: 'weight',
} as const;

export const searchKey = (searchId: string): string => `${PREFIX}:${SEARCH_QUEUE}:${searchId}`;

/** The wishes that hold for a search. */
export interface Control {
  /** Why it is to end; undefined when nobody wants that. */
  readonly stop: CutCause | undefined;
  /** ms since 1970. */
  readonly pausedSince: number | undefined;
  /** All its pauses together, with the one that goes on, ms. */
  readonly pausedMs: number;
  /** Undefined before it has begun, unless somebody changed it. */
  readonly priority: number | undefined;
}

/** Writes down the priority that a search was submitted with, unless somebody changed it by then. */
export async function keepPriority(redis: Redis, searchId: string, priority: number): Promise<void> {
  await redis.hsetnx(searchKey(searchId), FIELDS.weight, priority);
}

const time = z.coerce.number().int().positive().max(Number.MAX_SAFE_INTEGER);

/** What stands there and makes no sense is nobody's wish. */
export async function readControl(redis: Redis, searchId: string): Promise<Control> {
  const { stop, paused, pausedFor, weight } = FIELDS;
  const [cause, since, earlier, priority] = await redis.hmget(
    searchKey(searchId),
    stop,
    paused,
    pausedFor,
    weight,
  );
  const pausedSince = time.safeParse(since).data;
  const now = pausedSince === undefined ? 0 : Math.max(0, Date.now() - pausedSince);
  return {
    stop: cutCause.safeParse(cause).data,
    pausedSince,
    pausedMs: (time.safeParse(earlier).data ?? 0) + now,
    priority: priority === null ? undefined : searchPriority.safeParse(Number(priority)).data,
  };
}
