/**
 * How searches share workers: start-time fair queueing (Goyal, Vin and Cheng 1996) on BullMQ's priorities, of which the lowest is taken
 * first.
 *
 * Every fold gets a place in a common virtual time: its search's first one begins now, and each one after it a step later, the
 * shorter the higher the search's priority. Now is the latest place that any worker has taken. So folds of several searches
 * interleave however many of them wait, who comes anew is served at once, and nobody is paid later for what he did not want
 * earlier. Refits are queued likewise.
 *
 * Jobs are added at the end of the queue, and get their places by one script: killed in between, they wait for the others, and
 * whoever goes on gives them places then. A place never changes a result, only when it comes.
 */
import { PRIORITY_LIMIT } from 'bullmq';
import type { Redis } from 'ioredis';
import { FIELDS, searchKey } from './control.js';
import { FOLD_QUEUE, HIGHEST_PRIORITY, PREFIX, USUAL_PRIORITY } from './jobs.js';

const FOLDS = `${PREFIX}:${FOLD_QUEUE}`;
/** Where each search's next fold is placed, by its id; and `:now`. */
const SHARES = `${PREFIX}:shares`;

/** Of a job that has no place yet: behind all that have. */
export const NO_PLACE = PRIORITY_LIMIT;

/** How far a fold of priority 1 moves its search on: enough for whole numbers to tell the highest priorities apart. */
const STEP = HIGHEST_PRIORITY;

/** BullMQ's priorities are numbers of 21 bits: from half of that on, places are counted anew. */
const START_ANEW = 2 ** 20;

/** How long a job of a paused search is put aside at a time, in ms; then a worker looks whether the pause is over. */
export const ASIDE_WHILE_PAUSED = 60_000;

/** What the scripts about a search's jobs stand on. The keys are BullMQ's, as its own scripts use them. */
const BASE = `
local shares, prioritized, delayed, active, wait, pc, marker, search = unpack(KEYS)
local JOBS, ID = ARGV[1], ARGV[2]
local time = redis.call('TIME')
local ms = time[1] * 1000 + math.floor(time[2] / 1000)

-- BullMQ sets finishedOn when a job has ended.
local function hasEnded() return redis.call('EXISTS', search) == 0 or redis.call('HEXISTS', search, 'finishedOn') == 1 end

local function field(key, name) return tonumber(redis.call('HGET', key, name)) end
local function placeOf(job) return field(JOBS .. job, 'priority') end
local function now() return field(shares, ':now') or 1 end

local function weight()
  local asked = field(search, '${FIELDS.weight}') or ${USUAL_PRIORITY}
  return math.max(${USUAL_PRIORITY}, math.min(${HIGHEST_PRIORITY}, asked))
end

-- As BullMQ orders: by priority, and then as they came.
local function queueUp(job, place)
  local count = redis.call('INCR', pc) % 0x100000000
  redis.call('ZADD', prioritized, string.format('%.0f', place * 0x100000000 + count), job)
end

-- The search's jobs in a sorted set, in its order.
local function own(key)
  local found = {}
  for _, job in ipairs(redis.call('ZRANGE', key, 0, -1)) do
    if string.sub(job, 1, #ID + 1) == ID .. '.' then found[#found + 1] = job end
  end
  return found
end

-- Gives jobs their places, one after the other.
local function place(jobs, start)
  if #jobs == 0 then return end
  local step = ${STEP} / weight()
  for _, job in ipairs(jobs) do
    local at = math.min(math.floor(start), ${NO_PLACE} - 1)
    redis.call('HSET', JOBS .. job, 'priority', string.format('%.0f', at))
    if redis.call('ZSCORE', prioritized, job) then queueUp(job, at) end
    start = start + step
  end
  redis.call('HSET', shares, ID, string.format('%.6f', start))
end

-- Gives jobs new places in the order given. The first keeps the one that it had, or begins now.
local function placeFrom(jobs, first)
  place(jobs, math.max(now(), math.min(first, field(shares, ID) or 1)))
end

-- Counts anew from now. What waits, rests or is being carried out may be queued again, and moves along.
local function startAnew()
  local past = math.floor(now()) - 1
  if past < ${START_ANEW} then return end
  local function move(jobs, isQueued)
    for _, job in ipairs(jobs) do
      local at = placeOf(job)
      if at and at > 0 and at < ${NO_PLACE} then
        at = math.max(1, at - past)
        redis.call('HSET', JOBS .. job, 'priority', string.format('%.0f', at))
        if isQueued then queueUp(job, at) end
      end
    end
  end
  move(redis.call('ZRANGE', prioritized, 0, -1), true)
  move(redis.call('ZRANGE', delayed, 0, -1))
  move(redis.call('LRANGE', active, 0, -1))
  move(redis.call('LRANGE', wait, 0, -1))
  local all = redis.call('HGETALL', shares)
  for i = 1, #all, 2 do
    redis.call('HSET', shares, all[i], string.format('%.6f', math.max(1, tonumber(all[i + 1]) - past)))
  end
end

-- Puts what waits of a paused search aside; a worker that finds it there again does the same.
local function putAside()
  for i, job in ipairs(own(prioritized)) do
    redis.call('ZREM', prioritized, job)
    redis.call('HSET', JOBS .. job, 'delay', ${ASIDE_WHILE_PAUSED})
    redis.call('ZADD', delayed, string.format('%.0f', (ms + ${ASIDE_WHILE_PAUSED}) * 0x1000 + math.min(i, 0xfff)), job)
  end
end
`;

/** Whether jobs wait that anybody may take: whoever is idle has enough to do then. */
export async function jobsWait(redis: Redis): Promise<boolean> {
  return (await redis.zcard(`${FOLDS}:prioritized`)) > 0 || (await redis.llen(`${FOLDS}:wait`)) > 0;
}

const KEYS = ['prioritized', 'delayed', 'active', 'wait', 'pc', 'marker'].map((name) => `${FOLDS}:${name}`);

/** Runs a script about the jobs of one search. */
export const aboutJobs = (
  redis: Redis,
  script: string,
  searchId: string,
  ...more: (string | number)[]
): Promise<unknown> =>
  redis.eval(
    `${BASE}${script}`,
    KEYS.length + 2,
    SHARES,
    ...KEYS,
    searchKey(searchId),
    `${FOLDS}:`,
    searchId,
    ...more,
  );

const PLACE = `
startAnew()
local fresh = {}
for i = 3, #ARGV do
  if placeOf(ARGV[i]) == ${NO_PLACE} then fresh[#fresh + 1] = ARGV[i] end
end
-- After what waits of it or is put aside: what was dropped since, as its search was cut, is not waited for.
local last = now()
for _, key in ipairs({prioritized, delayed}) do
  for _, job in ipairs(own(key)) do
    local at = placeOf(job)
    if at and at < ${NO_PLACE} then last = math.max(last, at) end
  end
end
place(fresh, math.max(now(), math.min(field(shares, ID) or 1, last + ${STEP} / weight())))
if redis.call('HEXISTS', search, '${FIELDS.paused}') == 1 then putAside() end
-- Those of searches that have nothing ahead of them say nothing.
local all = redis.call('HGETALL', shares)
for i = 1, #all, 2 do
  if all[i] ~= ':now' and tonumber(all[i + 1]) <= now() then redis.call('HDEL', shares, all[i]) end
end`;

/**
 * Gives jobs that were added at the end of the queue their places, in the order given. Those that have one keep it, so it
 * may be repeated.
 */
export async function placeJobs(redis: Redis, searchId: string, jobIds: readonly string[]): Promise<void> {
  if (jobIds.length > 0) await aboutJobs(redis, PLACE, searchId, ...jobIds);
}

const CHANGE = `
if hasEnded() then return 'ended' end
redis.call('HSET', search, '${FIELDS.weight}', ARGV[3])
local waiting = own(prioritized)
if #waiting > 0 then placeFrom(waiting, placeOf(waiting[1])) end
return 'changed'`;

/** Changes a search's priority, for what waits of it already, too. */
export async function changePriority(
  redis: Redis,
  searchId: string,
  priority: number,
): Promise<'changed' | 'ended'> {
  return (await aboutJobs(redis, CHANGE, searchId, priority)) as 'changed' | 'ended';
}

// Redis's answer to a worker that has taken a job: where tracking is, and whether the job's search is paused.
const TAKE = `
local uri, search, job, shares = unpack(KEYS)
local paused = redis.call('HEXISTS', search, '${FIELDS.paused}') == 1
if paused and ARGV[1] == 'refit' and redis.call('HGET', search, '${FIELDS.stop}') == 'person' then paused = false end
if not paused then
  local place = tonumber(redis.call('HGET', job, 'priority')) or 0
  if place < ${NO_PLACE} and place > (tonumber(redis.call('HGET', shares, ':now')) or 1) then
    redis.call('HSET', shares, ':now', place)
  end
end
return {redis.call('GET', uri), paused and 1 or 0}`;

/**
 * Tells that a worker begins a job: the virtual time is there now.
 *
 * @returns the value of `key`, and whether the job must not begin, as its search is paused. The refit of one that a person
 *   stopped may.
 */
export async function takeJob(
  redis: Redis,
  key: string,
  { searchId, jobId, kind }: { searchId: string; jobId: string; kind: 'fold' | 'refit' },
): Promise<{ value: string | null; paused: boolean }> {
  const keys = [key, searchKey(searchId), `${FOLDS}:${jobId}`, SHARES];
  const [value, paused] = (await redis.eval(TAKE, keys.length, ...keys, kind)) as [string | null, number];
  return { value, paused: paused === 1 };
}
