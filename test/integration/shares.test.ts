/** How searches share workers, told by the order in which folds leave the queue: nothing is trained and no time is measured. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue, Worker } from 'bullmq';
import { expect } from 'vitest';
import {
  changePriority,
  FOLD_QUEUE,
  keepPriority,
  NO_PLACE,
  PREFIX,
  pauseJobs,
  placeJobs,
  resumeJobs,
  SEARCH,
  SEARCH_QUEUE,
  takeJob,
  trainingJob,
} from '../../queue/index.js';
import type { Installation } from '../support/installation.js';
import { processor } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** A queue of folds, and a worker that takes them one by one. */
function openQueue({ services: { redis } }: Pick<Installation, 'services'>) {
  const shared = { connection: redis, prefix: PREFIX };
  const [searches, folds] = [SEARCH_QUEUE, FOLD_QUEUE].map((name) => new Queue(name, shared)) as [
    Queue,
    Queue,
  ];
  const worker = new Worker(FOLD_QUEUE, null, { ...shared, autorun: false });
  // They hear of the end of the installation.
  for (const queue of [searches, folds]) queue.on('error', () => undefined);
  worker.on('error', () => undefined);
  const add = async (searchId: string, from: number, count: number): Promise<string[]> => {
    const ids = Array.from({ length: count }, (_, i) => `${searchId}.t${from + i}`);
    for (const jobId of ids) await folds.add('fold', {}, { ...trainingJob(0), jobId });
    return ids;
  };
  return {
    redis,
    folds,
    add,
    submit: async (searchId: string, priority = 1) => {
      await searches.add('search', {}, { ...SEARCH, jobId: searchId });
      await keepPriority(redis, searchId, priority);
    },
    hand: async (searchId: string, from: number, count: number) =>
      placeJobs(redis, searchId, await add(searchId, from, count)),
    /** Takes so many folds, or all there are. */
    take: async (count = Number.POSITIVE_INFINITY): Promise<string[]> => {
      const taken: string[] = [];
      while (taken.length < count) {
        const job = await worker.getNextJob('token', { block: false });
        if (job === undefined) break;
        const searchId = job.id!.split('.')[0]!;
        const { paused } = await takeJob(redis, 'nothing', { searchId, jobId: job.id!, kind: 'fold' });
        expect(paused).toBe(false);
        taken.push(job.id!);
        await job.moveToCompleted({}, 'token', false);
      }
      return taken;
    },
    close: () => Promise.all([searches.close(), folds.close(), worker.close()]),
  };
}

const countOf = (taken: readonly string[], searchId: string): number =>
  taken.filter((id) => id.startsWith(`${searchId}.`)).length;

/** The places of a search's folds in the order of proposal. */
const inOrder = (taken: readonly string[], searchId: string): number[] =>
  taken.filter((id) => id.startsWith(`${searchId}.`)).map((id) => Number(id.split('.t')[1]));

test('the refit of a search that was cut does not wait behind places of folds that were dropped', async ({
  installation,
}) => {
  const { redis, folds, submit, add, hand, take, close } = openQueue(installation);
  for (const id of ['cut', 'other']) await submit(id);
  await hand('cut', 0, 50);
  await hand('other', 0, 50);
  expect(countOf(await take(10), 'cut')).toBe(5);
  for (const job of await folds.getPrioritized()) if (job.id!.startsWith('cut.')) await job.remove();
  await placeJobs(redis, 'cut', await add('cut', 99, 1));
  expect(inOrder(await take(3), 'cut')).toEqual([99]);
  await close();
});

test('two equal searches take turns, though the first had its window queued before, and who comes next is served at once', async ({
  installation,
}) => {
  const { submit, hand, take, close } = openQueue(installation);
  for (const id of ['first', 'second', 'small']) await submit(id);
  await hand('first', 0, 100);
  expect(await take(10)).toHaveLength(10);
  await hand('second', 0, 100);
  const together = await take(40);
  expect([countOf(together, 'first'), countOf(together, 'second')]).toEqual([20, 20]);
  // Beside two that have a hundred folds waiting.
  await hand('small', 0, 5);
  expect(countOf(await take(15), 'small')).toBe(5);
  // One that had no folds waiting for a time is paid nothing for it, and one that had is asked nothing.
  await hand('small', 5, 20);
  const later = await take(30);
  expect(countOf(later, 'small')).toBe(10);
  expect(Math.abs(countOf(later, 'first') - countOf(later, 'second'))).toBeLessThanOrEqual(1);
  const rest = await take();
  for (const id of ['first', 'second', 'small'])
    expect(inOrder([...together, ...later, ...rest], id)).toEqual(
      inOrder([...together, ...later, ...rest], id).sort((a, b) => a - b),
    );
  await close();
});

test('a search of priority 3 gets three folds for one of priority 1, also once it is changed, for what waits too', async ({
  installation,
}) => {
  const { submit, hand, take, redis, close } = openQueue(installation);
  await submit('heavy', 3);
  await submit('light');
  await hand('light', 0, 100);
  await hand('heavy', 0, 100);
  expect(countOf(await take(40), 'heavy')).toBe(30);
  expect(await changePriority(redis, 'heavy', 1)).toBe('changed');
  expect(await changePriority(redis, 'light', 4)).toBe('changed');
  expect(countOf(await take(50), 'heavy')).toBe(10);
  expect(await changePriority(redis, 'nobody', 4)).toBe('ended');
  await close();
});

test('jobs without a place wait for the others, and get one by whoever goes on', async ({ installation }) => {
  const { submit, hand, add, take, folds, redis, close } = openQueue(installation);
  await submit('first');
  await submit('second');
  const ids = await add('first', 0, 3);
  await hand('second', 0, 6);
  expect(await take(2)).toEqual(['second.t0', 'second.t1']);
  await placeJobs(redis, 'first', ids);
  const places = async () =>
    Promise.all(ids.map(async (id) => redis.hget(`${PREFIX}:${FOLD_QUEUE}:${id}`, 'priority')));
  const before = await places();
  expect(before).not.toContain(String(NO_PLACE));
  // By two at once, or again after a kill.
  await placeJobs(redis, 'first', ids);
  expect(await places()).toEqual(before);
  expect(countOf(await take(6), 'first')).toBe(3);
  expect(await folds.getPrioritizedCount()).toBe(1);
  await close();
});

test('what waits of a paused search stands in nobody’s way, and comes back in its order with no claim to more', async ({
  installation,
}) => {
  const { submit, hand, take, folds, redis, close } = openQueue(installation);
  for (const id of ['rests', 'works', 'comes']) await submit(id);
  await hand('rests', 0, 50);
  await hand('works', 0, 200);
  await take(20);
  expect(await pauseJobs(redis, 'rests')).toBe('paused');
  expect(await pauseJobs(redis, 'rests')).toBe('again');
  // Also what is handed out meanwhile.
  await hand('rests', 50, 5);
  expect(countOf(await take(60), 'rests')).toBe(0);
  await hand('comes', 0, 20);
  expect(countOf(await take(20), 'comes')).toBe(10);
  expect(await folds.getDelayedCount()).toBe(45);
  expect(await resumeJobs(redis, 'rests')).toBe('resumed');
  expect(await resumeJobs(redis, 'rests')).toBe('not paused');
  expect(await folds.getDelayedCount()).toBe(0);
  const shared = await take(30);
  expect(['rests', 'works', 'comes'].map((id) => countOf(shared, id))).toEqual([10, 10, 10]);
  expect(inOrder(shared, 'rests')).toEqual(Array.from({ length: 10 }, (_, i) => 10 + i));
  await close();
});

test('places are counted anew before BullMQ’s priorities end', async ({ installation }) => {
  const { submit, hand, take, redis, close } = openQueue(installation);
  await submit('first');
  await submit('second');
  await redis.hset(`${PREFIX}:shares`, ':now', 2 ** 20 + 1);
  await hand('first', 0, 20);
  await hand('second', 0, 20);
  await take(10);
  await redis.hset(`${PREFIX}:shares`, ':now', 2 ** 20 + 1);
  await hand('first', 20, 10);
  expect(Number(await redis.hget(`${PREFIX}:shares`, ':now'))).toBe(1);
  const rest = await take();
  expect(rest).toHaveLength(40);
  expect(inOrder(rest, 'first')).toEqual(inOrder(rest, 'first').sort((a, b) => a - b));
  await close();
});

test('searches of one worker take turns from their submission to their end', { timeout: 180_000 }, async ({
  installation,
  folder,
}) => {
  const spaceOf = async (name: string, configurations: number): Promise<string> => {
    const file = join(folder, `${name}.yaml`);
    const rates = Array.from({ length: configurations }, (_, i) => (i + 1) / 1000).join(', ');
    await writeFile(
      file,
      `name: ${name}
dataset: { source: uci-sentiment, limit: 200, test_size: 0.25 }
strategy: { kind: grid, order: declared }
models: { simple: { vocabulary_size: 500, max_tokens: 16, embedding_dim: 8, learning_rate: [${rates}] } }
training: { epochs: 1 }
baseline: off
`,
    );
    return file;
  };
  const { services, events, submit } = installation;
  // The first search's third configuration waits until all are there.
  const release = installation.hold();
  await installation.orchestrator();
  const first = await submit(await spaceOf('first', 30));
  await installation.worker({ processor: processor('scored'), concurrency: 1 });
  await until('the first has its window queued', () => events.length === 6);
  const [second, small] = [
    await submit(await spaceOf('second', 30)),
    await submit(await spaceOf('small', 4)),
  ];
  const folds = new Queue(FOLD_QUEUE, { connection: services.redis, prefix: PREFIX });
  await until('all are queued', async () => (await folds.getPrioritizedCount()) === 90 - 7 + 90 + 12);
  await folds.close();
  release();
  for (const search of [first, second, small]) await installation.result(search);
  const order = events.flatMap((event) =>
    event.type === 'completed' && event.about?.fold !== null ? [event.about!.searchId] : [],
  );
  expect(order).toHaveLength(192);
  const lastOf = ({ searchId }: { searchId: string }): number => order.lastIndexOf(searchId);
  // It waits for no other: each of the two gets a fold for each of its own.
  expect(lastOf(small)).toBeLessThanOrEqual(7 + 3 * 12 + 1);
  // What the second was late it ends later.
  const alone = order.slice(0, 7).length;
  expect(Math.abs(lastOf(first) - lastOf(second))).toBeLessThanOrEqual(alone + 1);
  expect(Math.abs(lastOf(first) - lastOf(second))).toBeLessThanOrEqual(0.2 * 90);
});
