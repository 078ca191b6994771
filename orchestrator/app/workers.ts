/** The workers at this installation's queue. Looks at Redis where it runs already, and starts none. */
import type { Redis } from 'ioredis';
import { askToLeave, type PresentWorker, presentWorkers } from '../../queue/index.js';
import { atQueue } from './at-queue.js';
import { InputError } from './errors.js';

/** None when no private Redis runs. @throws Error when the Redis that `REDIS_URL` names does not answer */
export const listWorkers = (): Promise<PresentWorker[]> => atQueue(presentWorkers, []);

/**
 * Asks a worker at this installation's queue to end the folds at hand and to leave.
 *
 * @param asked - Its name, the beginning of it, or its process id, if only one has it.
 * @throws InputError when there is no such worker, or it can't be asked
 */
export async function drainWorker(asked: string): Promise<PresentWorker> {
  return (await atQueue((redis) => drainIn(redis, asked), undefined)) ?? notThere(asked);
}

/** The same where Redis is connected already. @throws InputError as above */
export async function drainIn(redis: Redis, asked: string): Promise<PresentWorker> {
  const all = await presentWorkers(redis);
  const exact = all.filter(({ name }) => name === asked);
  const alike = all.filter(({ name, pid }) => name.startsWith(asked) || String(pid) === asked);
  const [worker, another] = exact.length > 0 ? exact : alike;
  if (worker === undefined) return notThere(asked);
  if (another !== undefined)
    throw new InputError(
      `${asked} may be ${alike.length} workers: ${alike.map(({ name }) => name).join(', ')}`,
    );
  if (!worker.drainable)
    throw new InputError(`${worker.name} trains inside \`run\` or \`up\` and goes with that: stop it there`);
  return (await askToLeave(redis, worker.name)) ? worker : notThere(asked);
}

function notThere(asked: string): never {
  throw new InputError(`No worker ${asked} is there; \`npx gridsearch workers\` lists those that are`);
}
