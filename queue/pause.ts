/**
 * Pausing a search: no job of it that trains is begun. What waits is put aside with the same script that writes the pause down, so workers
 * never see it; a job that comes back later (of a worker that died, after a failed attempt) is put aside by whoever takes it. What
 * is put aside looks again every minute by itself, so nothing is lost with whoever paused or resumes.
 */
import type { Redis } from 'ioredis';
import { FIELDS } from './control.js';
import { aboutJobs } from './shares.js';

const { stop, paused, pausedFor } = FIELDS;

const PAUSE = `
if hasEnded() then return 'ended' end
if redis.call('HSETNX', search, '${paused}', string.format('%.0f', ms)) == 0 then return 'again' end
putAside()
return 'paused'`;

/** Writes the pause down, and puts aside what waits. */
export async function pauseJobs(redis: Redis, searchId: string): Promise<'paused' | 'again' | 'ended'> {
  return (await aboutJobs(redis, PAUSE, searchId)) as 'paused' | 'again' | 'ended';
}

// In their old order, but from now on: who was away has no claim to what others got meanwhile.
const BRING_BACK = `
local function bringBack()
  -- Nobody wants the folds of a search that is to end.
  local all = redis.call('HEXISTS', search, '${stop}') == 0
  local jobs, placed = {}, {}
  for _, key in ipairs({prioritized, delayed}) do
    for _, job in ipairs(own(key)) do
      if all or job == ID .. '.refit' then
        if key == delayed then
          redis.call('ZREM', delayed, job)
          redis.call('HSET', JOBS .. job, 'delay', 0)
          queueUp(job, placeOf(job) or 1)
        end
        jobs[#jobs + 1] = job
        placed[job] = {placeOf(job) or 1, #jobs}
      end
    end
  end
  if #jobs == 0 then return end
  table.sort(jobs, function(a, b)
    local x, y = placed[a], placed[b]
    if x[1] ~= y[1] then return x[1] < y[1] end
    return x[2] < y[2]
  end)
  placeFrom(jobs, placed[jobs[1]][1])
  -- Wakes a worker that waits.
  redis.call('ZADD', marker, 0, '0')
end
`;

const RESUME = `${BRING_BACK}
if hasEnded() then return 'ended' end
local since = field(search, '${paused}')
if not since then return 'not paused' end
redis.call('HDEL', search, '${paused}')
redis.call('HINCRBY', search, '${pausedFor}', string.format('%.0f', math.max(0, ms - since)))
bringBack()
return 'resumed'`;

/** Ends the pause, and brings back what was put aside; of a search that is to end early only its refit. */
export async function resumeJobs(
  redis: Redis,
  searchId: string,
): Promise<'resumed' | 'not paused' | 'ended'> {
  return (await aboutJobs(redis, RESUME, searchId)) as 'resumed' | 'not paused' | 'ended';
}

const SETTLE = `${BRING_BACK}
if redis.call('HEXISTS', search, '${paused}') == 1 then putAside() else bringBack() end`;

/**
 * After a worker put a job of a paused search aside: the others, should some be back, too; or all of them back, should the pause
 * have ended in between.
 */
export async function settlePause(redis: Redis, searchId: string): Promise<void> {
  await aboutJobs(redis, SETTLE, searchId);
}
