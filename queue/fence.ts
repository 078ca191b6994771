/**
 * What only the holder of a job's lock may do. A process that was frozen past its lock wakes up believing that it holds the job;
 * another has it by then, or has finished it. So every write that counts asks Redis in the same script, or just before.
 */
import type { Job } from 'bullmq';
import type { Redis } from 'ioredis';
import { PREFIX, SEARCH_QUEUE } from './jobs.js';
import { sealData } from './seal.js';

/** The job is somebody else's by now: nothing that is left to do must be done. */
export class NotHeldError extends Error {
  override readonly name = 'NotHeldError';
  constructor(jobId: string | undefined) {
    super(`job ${jobId} is held by another process`);
  }
}

/** BullMQ's words for a job that another process holds by now, or that is gone. */
const LOST =
  /^(?:could not renew lock for job|Missing lock for job|Lock mismatch for job|Missing key for job)/;

/** Whether the error says that the job is no longer this process's. */
export const isLost = (error: unknown): boolean =>
  error instanceof NotHeldError || (error instanceof Error && LOST.test(error.message));

const keyOf = (job: Job): string => `${job.queueQualifiedName}:${job.id}`;

const SAVE = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('HSET', KEYS[2], 'data', ARGV[2])
return 1`;

/**
 * Replaces a job's data, if it is held with this token (BullMQ's `updateData` takes none).
 *
 * @throws NotHeldError with nothing written
 */
export async function saveData(redis: Redis, job: Job, token: string, data: unknown): Promise<void> {
  const key = keyOf(job);
  const sealed = sealData(job.id!, data);
  const saved = await redis.eval(SAVE, 2, `${key}:lock`, key, token, JSON.stringify(sealed));
  if (saved !== 1) throw new NotHeldError(job.id);
  job.data = sealed;
}

/** @throws NotHeldError unless the job is held with this token */
export async function mustHold(redis: Redis, job: Job, token: string): Promise<void> {
  if ((await redis.get(`${keyOf(job)}:lock`)) !== token) throw new NotHeldError(job.id);
}

/**
 * How a job stands: `held` with the token; `lost` to another; or `settled`, because its parent has an outcome of it
 * already. A job can come back after its end when its ids are added again by a process that was frozen in the middle of that.
 */
export type Standing =
  | { readonly kind: 'held' }
  | { readonly kind: 'lost' }
  | { readonly kind: 'settled'; readonly value?: string; readonly reason?: string };

const STANDING = `
if redis.call('HEXISTS', KEYS[4], ARGV[3]) == 1 then return {'over'} end
local value = redis.call('HGET', KEYS[2], ARGV[2])
if value then return {'done', value} end
local reason = redis.call('HGET', KEYS[3], ARGV[2])
if reason then return {'failed', reason} end
if redis.call('GET', KEYS[1]) == ARGV[1] then return {'held'} end
return {'lost'}`;

/**
 * Asks how a child job stands.
 *
 * @param within - The job above its parent whose outcome, once it is there, settles this one too, and what waits for that.
 */
export async function standingOf(
  redis: Redis,
  job: Job,
  token: string,
  within: { waits: string; on: string } = { waits: 'none', on: 'none' },
): Promise<Standing> {
  const key = keyOf(job);
  const parent = job.parentKey ?? `${key}:no-parent`;
  const answer = await redis.eval(
    STANDING,
    4,
    `${key}:lock`,
    `${parent}:processed`,
    `${parent}:failed`,
    `${PREFIX}:${SEARCH_QUEUE}:${within.waits}:processed`,
    token,
    key,
    `${PREFIX}:${SEARCH_QUEUE}:${within.on}`,
  );
  const [kind, text] = answer as [string, string?];
  if (kind === 'done') return { kind: 'settled', value: text! };
  if (kind === 'over') return { kind: 'settled', reason: 'its search went on without it' };
  if (kind === 'failed') return { kind: 'settled', reason: text! };
  return { kind: kind === 'held' ? 'held' : 'lost' };
}
