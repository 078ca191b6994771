/**
 * Which workers are there, and what each is at: every worker writes a line about itself into one hash, again every few seconds. Redis
 * knows who is connected, but nothing of their size, and keeps a frozen one for long. What is read back may be anybody's.
 */
import type { Redis } from 'ioredis';
import { z } from 'zod';
import { PREFIX } from './jobs.js';

const LINES = `${PREFIX}:slots`;
/** Workers that were asked to leave, by name. */
const DRAINS = `${PREFIX}:drains`;

/** How often a worker writes its line, in ms. */
export const ANNOUNCE_EVERY = 2000;
/** One that wrote none for so long is gone, or stands still, in ms. */
const SILENT_AFTER = 12_000;
/** Lines of workers that were killed are swept by those who look, in ms. */
const SWEPT_AFTER = 3_600_000;
/** And all of them when nobody looks, in s. */
const KEPT = 30 * 86_400;

const MOST_WORKERS = 1000;
/** Characters of a line: more than a worker with hundreds of processes needs. */
const LONGEST = 131_072;
/** More than any worker has, so that a number from elsewhere does not count for much. */
const MOST = 1024;

/** Text that a terminal would act on is left out. */
const text = (max: number) =>
  z
    .string()
    .max(max)
    .transform((value) => value.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, ''));
const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const seconds = z.number().nonnegative().max(1e10);

/** What a worker says of itself. Times are lengths: clocks of machines differ. */
export const workerLine = z.object({
  host: text(255),
  pid: count,
  /** Folds at a time. */
  concurrency: count.min(1).max(MOST),
  /** What its processes train with, in words; null before the first of them has loaded. */
  engine: text(300).nullable(),
  /** How long it has been there. */
  seconds,
  /** Folds that it has finished. */
  folds: count,
  /** It ends the folds at hand and takes no more. */
  leaving: z.boolean(),
  /** Whether it can be asked to: one that trains inside `run` or `up` can't. */
  drainable: z.boolean(),
  /** Its training processes, with their resident memory where the system tells it. */
  processes: z.array(z.object({ pid: count, bytes: count.nullable() })).max(MOST),
  jobs: z
    .array(
      z.object({
        searchId: text(100),
        /** As its run is called: `lstm-3`. */
        trial: text(200),
        /** null of a refit. */
        fold: count.nullable(),
        seconds,
        /** Its process; null before it has one. */
        pid: count.nullable(),
      }),
    )
    .max(MOST),
});
export type WorkerLine = z.infer<typeof workerLine>;

/** A worker that is there. */
export interface PresentWorker extends WorkerLine {
  /** Host and process, by which it is known. */
  readonly name: string;
}

// Redis's clock is the only one that all share.
const NOW = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local at = function(line) return tonumber(string.match(line, '^(%d+) ') or 0) end
`;

const ANNOUNCE = `${NOW}
redis.call('HSET', KEYS[1], ARGV[1], string.format('%.0f', now) .. ' ' .. ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[3])
return redis.call('HEXISTS', KEYS[2], ARGV[1])`;

const LOOK = `${NOW}
local found = {}
local lines = redis.call('HGETALL', KEYS[1])
for i = 1, #lines, 2 do
  local name, line = lines[i], lines[i + 1]
  local age = now - at(line)
  if age > tonumber(ARGV[2]) then
    redis.call('HDEL', KEYS[1], name)
    redis.call('HDEL', KEYS[2], name)
  elseif age <= tonumber(ARGV[1]) and #name <= 300 and #line <= tonumber(ARGV[3]) and #found < tonumber(ARGV[4]) then
    found[#found + 1] = {name, string.match(line, '^%d+ (.*)$')}
  end
end
return found`;

const ASK = `${NOW}
local line = redis.call('HGET', KEYS[1], ARGV[1])
if not line or now - at(line) > tonumber(ARGV[2]) then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], '1')
redis.call('EXPIRE', KEYS[2], ARGV[3])
return 1`;

/**
 * Writes the line of a worker.
 *
 * @returns whether somebody asked it to leave
 */
export async function announceWorker(redis: Redis, name: string, line: WorkerLine): Promise<boolean> {
  return (await redis.eval(ANNOUNCE, 2, LINES, DRAINS, name, JSON.stringify(line), KEPT)) === 1;
}

/** Takes it back, and whatever was asked of one of that name: a process id comes again. */
export async function withdrawWorker(redis: Redis, name: string): Promise<void> {
  await redis.multi().hdel(LINES, name).hdel(DRAINS, name).exec();
}

/** Whether no other worker is there; one that was killed counts until its line is swept. */
export const isOnlyWorker = async (redis: Redis): Promise<boolean> => (await redis.hlen(LINES)) <= 1;

const found = z.array(z.tuple([z.string(), z.string()]));

/** The workers that are there, by name. What is no line of a worker is left out. */
export async function presentWorkers(redis: Redis): Promise<PresentWorker[]> {
  const answer = await redis.eval(LOOK, 2, LINES, DRAINS, SILENT_AFTER, SWEPT_AFTER, LONGEST, MOST_WORKERS);
  return found
    .parse(answer)
    .flatMap(([name, line]) => {
      const read = workerLine.safeParse(parsed(line));
      return read.success && text(300).parse(name) === name ? [{ name, ...read.data }] : [];
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

/**
 * Asks a worker to end the folds at hand and to leave.
 *
 * @returns false when it is not there
 */
export async function askToLeave(redis: Redis, name: string): Promise<boolean> {
  return (await redis.eval(ASK, 2, LINES, DRAINS, name, SILENT_AFTER, KEPT)) === 1;
}
