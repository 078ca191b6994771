/** Jobs that share a training process: one computes, the last words of others are written, and more may wait for a moment. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { FoldPayload, SearchContext } from '../../queue/index.js';
import { type JobEnding, type Loaded, openPool, type Pool } from '../../worker/pool.js';
import { processor } from '../support/spaces.js';
import { test as base } from '../support/test.js';
import { until } from '../support/until.js';

const ENTRY = fileURLToPath(new URL('../../dist/bundle/entry.js', import.meta.url));

type Hold = 'computing' | 'writing' | 'leaving';

interface Given {
  readonly ending: Promise<JobEnding>;
  /** Its process has it and does what comes before its turn. */
  opened(): boolean;
  /** The process that it is at hand in. */
  begun(): number | undefined;
  worked(): boolean;
  ended(): boolean;
}

interface Fixture {
  readonly pool: Pool;
  /** Gives a job that computes, or writes, until it is let go. */
  give(hold?: Hold, limits?: SearchContext['limits']): Given;
  /** Another pool, of two processes that are started at once, and what gives jobs to it. */
  warm(): { readonly pool: Pool; give(hold?: Hold): Given };
  letGo(hold: Hold): void;
  /** From then on other workers are idle. */
  wakeOthers(): void;
}

const test = base.extend<{ shared: Fixture }>({
  shared: async ({ folder }, use) => {
    for (const hold of ['computing', 'writing', 'leaving']) writeFileSync(join(folder, hold), '');
    const pools: Pool[] = [];
    let mayWait = true;
    const open = (size: number, warm: number): Pool => {
      const env = { GRIDSEARCH_CACHE: folder };
      const pool = openPool({ entry: ENTRY, processor: processor('paced'), env, size });
      pool.warm(warm);
      pools.push(pool);
      return pool;
    };
    let count = 0;
    const giveTo = (pool: Pool, hold?: Hold, limits?: SearchContext['limits']): Given => {
      let opened = false;
      let begun: number | undefined;
      let worked = false;
      let ended = false;
      const ending = pool
        .run({
          payload: payloadOf(hold, limits),
          attempt: { jobId: `job-${++count}`, resumed: false },
          tracking: { uri: 'http://127.0.0.1:1', trusted: false },
          signal: new AbortController().signal,
          stillHeld: async () => true,
          mayWait: async () => mayWait,
          onTaken: () => undefined,
          onBegun: (pid) => {
            begun = pid;
          },
          onWorked: () => {
            worked = true;
          },
          onWaiting: () => {
            opened = true;
          },
        })
        .finally(() => {
          ended = true;
        });
      return { ending, opened: () => opened, begun: () => begun, worked: () => worked, ended: () => ended };
    };
    const pool = open(1, 0);
    await use({
      pool,
      give: (hold, limits) => giveTo(pool, hold, limits),
      warm: () => {
        const pool = open(2, 2);
        return { pool, give: (hold) => giveTo(pool, hold) };
      },
      letGo: (hold) => rmSync(join(folder, hold)),
      wakeOthers: () => {
        mayWait = false;
      },
    });
    await Promise.all(pools.map((pool) => pool.close()));
  },
});

const payloadOf = (hold: Hold | undefined, limits: SearchContext['limits']): FoldPayload => ({
  kind: 'fold',
  context: {
    searchId: 'search',
    experimentId: '1',
    parentRunId: 'parent',
    dataset: {},
    digest: '0',
    cross_validation: {},
    folds: 1,
    objective: { metric: 'f1_macro', direction: 'maximize' },
    seed: 1,
    source: {},
    ...(limits && { limits }),
  },
  configuration: {
    index: 0,
    hash: '0'.repeat(12),
    model: 'simple',
    parameters: hold === undefined ? {} : { [hold]: true },
  },
  trialRunId: 'trial',
  window: 'window',
  fold: 0,
});

test('a job is opened while the one before it computes, and begins when that has no more to compute', async ({
  shared,
}) => {
  const first = shared.give('computing');
  await until('the first is at hand', async () => first.begun());
  const second = shared.give('writing');
  await until('the second is open', async () => second.opened());
  expect([second.begun(), first.worked()]).toEqual([undefined, false]);
  shared.letGo('computing');
  await until('the second is at hand', async () => second.begun());
  expect(first.worked()).toBe(true);
  shared.letGo('writing');
  expect(await second.ending).toEqual({ kind: 'done', result: first.begun() });
});

test('a job begins in the process of one whose last words are being written', async ({ shared }) => {
  const first = shared.give('writing');
  await until('the first has no more to compute', async () => first.worked());
  const second = shared.give('computing');
  await until('the second is at hand', async () => second.begun());
  expect(first.ended()).toBe(false);
  shared.letGo('writing');
  expect(await first.ending).toEqual({ kind: 'done', result: first.begun() });
  expect(second.ended()).toBe(false);
  shared.letGo('computing');
  expect(await second.ending).toEqual({ kind: 'done', result: first.begun() });
});

test('when the process dies, the job that computed has failed; those beside it are handed back', async ({
  shared,
}) => {
  const writes = shared.give('writing');
  await until('the first has no more to compute', async () => writes.worked());
  const computes = shared.give('computing');
  await until('the second is at hand', async () => computes.begun());
  const waits = shared.give();
  process.kill(computes.begun()!, 'SIGKILL');
  expect(await Promise.all([writes.ending, waits.ending])).toEqual([
    { kind: 'handed back' },
    { kind: 'handed back' },
  ]);
  expect(await computes.ending).toMatchObject({ kind: 'failed', reason: expect.stringContaining('SIGKILL') });
});

test('a job that has its process alone is to blame for its end, also as it writes', async ({ shared }) => {
  const alone = shared.give('writing');
  await until('it has no more to compute', async () => alone.worked());
  process.kill(alone.begun()!, 'SIGKILL');
  expect(await alone.ending).toMatchObject({ kind: 'failed' });
  // The next one gets a process of its own.
  const next = shared.give();
  expect(await next.ending).toEqual({ kind: 'done', result: next.begun() });
});

test('a job waits behind one that computes as long as nobody is idle', async ({ shared }) => {
  const long = shared.give('computing');
  await until('the first is at hand', async () => long.begun());
  const behind = shared.give();
  await sleep(700);
  expect([behind.begun(), behind.ended()]).toEqual([undefined, false]);
  shared.wakeOthers();
  expect(await behind.ending).toEqual({ kind: 'handed back' });
  expect([behind.begun(), long.ended()]).toEqual([undefined, false]);
  shared.letGo('computing');
  expect(await long.ending).toMatchObject({ kind: 'done' });
});

test('a job does not wait while another process of its worker is idle', async ({ shared }) => {
  const { give } = shared.warm();
  const computes = give('computing');
  const writes = give('writing');
  await until('both are at hand', async () => computes.begun() && writes.worked());
  // One for each process.
  const more = [give('writing'), give('writing')];
  await until('one of them writes', async () => more.some((job) => job.worked()));
  const waits = more.find((job) => !job.worked())!;
  await sleep(500);
  expect([waits.begun(), waits.ended()]).toEqual([undefined, false]);
  shared.letGo('writing');
  expect(await waits.ending).toEqual({ kind: 'handed back' });
  shared.letGo('computing');
  expect(await computes.ending).toMatchObject({ kind: 'done' });
});

test('a job that is put down slowly costs the others in its process nothing, nor keeps them waiting', async ({
  shared,
}) => {
  const first = shared.give('computing');
  await until('the first is at hand', async () => first.begun());
  const slow = shared.give('leaving');
  const last = shared.give('writing');
  await until('both are open', async () => slow.opened() && last.opened());
  shared.wakeOthers();
  // Longer than a process may take to hear of it.
  await sleep(11_000);
  expect([slow.ended(), first.ended()]).toEqual([false, false]);
  expect(await last.ending).toEqual({ kind: 'handed back' });
  const next = shared.give('writing');
  shared.letGo('computing');
  expect(await first.ending).toEqual({ kind: 'done', result: first.begun() });
  await until('the next has begun', async () => next.begun());
  expect(slow.ended()).toBe(false);
  shared.letGo('leaving');
  expect(await slow.ending).toEqual({ kind: 'handed back' });
  shared.letGo('writing');
  expect(await next.ending).toEqual({ kind: 'done', result: first.begun() });
});

test('a process that stands still keeps no job that waits in it, and costs none an attempt', async ({
  shared,
}) => {
  const still = shared.give('computing');
  await until('the first is at hand', async () => still.begun());
  process.kill(still.begun()!, 'SIGSTOP');
  const waiting = shared.give();
  expect(await Promise.all([still.ending, waiting.ending])).toEqual([
    { kind: 'handed back' },
    { kind: 'handed back' },
  ]);
});

test('a worker that leaves hands back what is not begun, and ends the rest', async ({ shared }) => {
  const begun = shared.give('computing');
  await until('the first is at hand', async () => begun.begun());
  const waiting = shared.give();
  shared.pool.leave();
  expect(await waiting.ending).toEqual({ kind: 'handed back' });
  expect(await shared.give().ending).toEqual({ kind: 'handed back' });
  shared.letGo('computing');
  expect(await begun.ending).toMatchObject({ kind: 'done' });
});

test('a job whose memory is limited shares its process with none', async ({ shared }) => {
  const first = shared.give('writing');
  await until('the first has no more to compute', async () => first.worked());
  expect(await shared.give(undefined, { bytes: 2 ** 40 }).ending).toEqual({ kind: 'handed back' });
  shared.letGo('writing');
  await first.ending;
  expect(await shared.give(undefined, { bytes: 2 ** 40 }).ending).toMatchObject({ kind: 'done' });
});

test('processes that were started ahead take a job each as soon as they have loaded', async ({ shared }) => {
  const { pool, give } = shared.warm();
  const started = pool.processes();
  expect(started).toHaveLength(2);
  const told: Loaded[] = [];
  pool.onLoaded((one) => told.push(one));
  const jobs = [give('computing'), give('computing')];
  await until('both are at hand', async () => jobs.every(({ begun }) => begun() !== undefined));
  expect(jobs.map(({ begun }) => begun()).sort()).toEqual(started.toSorted());
  expect(pool.processes()).toHaveLength(2);
  expect(told).toHaveLength(2);
  for (const { started: from, loading, loaded } of told) {
    expect(loading).toBeGreaterThan(from);
    expect(loaded).toBeGreaterThan(loading);
    expect(loaded).toBeLessThan(performance.now());
  }
  shared.letGo('computing');
  for (const { ending } of jobs) expect(await ending).toMatchObject({ kind: 'done' });
});

test('one that is killed while it loads ahead costs no job', async ({ shared }) => {
  const { pool, give } = shared.warm();
  const [first] = pool.processes();
  process.kill(first!, 'SIGKILL');
  const jobs = [give(), give(), give()];
  for (const { ending, begun } of jobs) {
    expect(await ending).toMatchObject({ kind: 'done' });
    expect(begun()).not.toBe(first);
  }
});

test('closing ends processes that have not loaded yet', async ({ shared }) => {
  const { pool } = shared.warm();
  const started = pool.processes();
  await pool.close();
  for (const pid of started) expect(() => process.kill(pid, 0)).toThrow();
});

test('a process whose parent is gone once it has loaded leaves without a word', async ({ folder }) => {
  const [loading, module, parent] = ['loading', 'busy.mjs', 'parent.mjs'].map((name) => join(folder, name));
  // It keeps its thread, and can't hear that the channel closes.
  writeFileSync(
    module!,
    `import { writeFileSync } from 'node:fs';
    export default async () => {
      writeFileSync(${JSON.stringify(loading)}, '');
      const end = Date.now() + 800;
      while (Date.now() < end);
      return async () => ({ kind: 'handed back' });
    };`,
  );
  writeFileSync(
    parent!,
    `import { fork } from 'node:child_process';
    import { existsSync } from 'node:fs';
    const env = { ...process.env, GRIDSEARCH_PARENT: String(process.pid) };
    fork(${JSON.stringify(ENTRY)}, [${JSON.stringify(module)}], { env, stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    setInterval(() => existsSync(${JSON.stringify(loading)}) && process.exit(0), 10);`,
  );
  const child = spawn(process.execPath, [parent!], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text) => {
    said += text;
  });
  // Both hold the other end of it.
  await once(child.stderr, 'close');
  expect(said).toBe('');
});
