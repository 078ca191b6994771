/** Reuse: what an earlier search has finished is not trained again, and the results are those of a search that trained all. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Queue } from 'bullmq';
import { expect } from 'vitest';
import type { DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { closeRedis, connectRedis, PREFIX, SEARCH_QUEUE } from '../../queue/index.js';
import { readProgress } from '../../review/results/index.js';
import { ROLE, type Run, TAGS, type TrackingClient, tagIs } from '../../tracking/client/index.js';
import type { Sandbox } from '../support/cli.js';
import { trainersOf } from '../support/fleet.js';
import { redisOf } from '../support/redis.js';
import { ended, foldsDone, foldUnderWay, runsOf, type Submitted, troubles } from '../support/runs.js';
import { SLOW_GRID, TINY_GRID, WHOLE_TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

type Ran = DocumentOf<'run'>;
type Shown = DocumentOf<'show'>;

const SPACE = `name: reused
dataset: { source: uci-sentiment, limit: 200, test_size: 0.25 }
cross_validation: { strategy: repeated_stratified_k_fold, n_splits: 2, n_repeats: 1 }
models:
  tfidf: { C: [0.1, 1] }
baseline: off
retries: 0
`;

/** Numbers of a run but for times. */
const numbersOf = ({ info, metrics }: Run): unknown => [
  info.runName,
  info.status,
  Object.entries(metrics)
    .filter(([name]) => !name.includes('time'))
    .sort(([a], [b]) => (a < b ? -1 : 1)),
];

type Queued = DocumentOf<'submit'>;

/** Submits a search and waits for its end. */
async function carriedOut(
  box: Sandbox,
  client: TrackingClient,
  file: string,
  ...options: string[]
): Promise<Queued> {
  const search = await box.json<Queued>('submit', file, ...options);
  expect(await ended(client, search)).toBe('FINISHED');
  return search;
}

/** Of all trials and folds of a search, in one order. */
const numbers = async (client: TrackingClient, search: Submitted): Promise<unknown[]> => {
  const { children, folds } = await runsOf(client, search);
  return [...children, ...folds]
    .toSorted((a, b) => (a.info.runName < b.info.runName ? -1 : 1))
    .map(numbersOf);
};

const trained = async (client: TrackingClient, search: Submitted): Promise<string[]> =>
  (await runsOf(client, search)).folds
    .filter(({ tags }) => tags[TAGS.reusedFrom] === undefined)
    .map(({ info }) => info.runName)
    .sort();

/** What its progress tells of folds that took no time. */
async function takenOf(box: Sandbox, { searchId }: Submitted): Promise<unknown> {
  const redis = connectRedis(redisOf(box));
  const searches = new Queue(SEARCH_QUEUE, { connection: redis, prefix: PREFIX });
  try {
    return (await readProgress(searches, searchId))!.taken;
  } finally {
    await searches.close();
    await closeRedis(redis);
  }
}

test('a second submission trains no fold, and has the same numbers, also once its source is gone', {
  timeout: 240_000,
}, async ({ box }) => {
  const { client } = await box.up('--workers', '1');
  const first = await carriedOut(box, client, TINY_GRID);
  expect(first.held).toBe(0);
  const second = await box.json<Ran>('run', TINY_GRID, '--workers', '1');
  expect(second.held).toBe(12);
  expect(await trained(client, second)).toEqual([]);
  expect(await numbers(client, second)).toEqual(await numbers(client, first));
  expect(troubles(await runsOf(client, second), WHOLE_TINY_GRID)).toEqual([]);
  const [before, after] = [
    await box.json<Shown>('show', first.searchId),
    await box.json<Shown>('show', second.searchId),
  ];
  expect(after.best).toMatchObject({ mean: before.best!.mean, std: before.best!.std });
  expect(after.refit!.testMetrics).toEqual(before.refit!.testMetrics);
  expect(after.registered!.version).toBe('2');
  expect([before.reused, after.reused]).toEqual([null, { folds: 12, from: [first.searchId] }]);
  expect(after.children[0]!.folds[0]!.reusedFrom!.searchId).toBe(first.searchId);
  const plan = await box.json<DocumentOf<'plan'>>('plan', TINY_GRID, '--workers', '1');
  expect(plan.folds.held).toBe(12);

  const sources = (await runsOf(client, first)).folds.map(({ info }) => info.runId).sort();
  for (const runId of sources) await client.deleteRun(runId);
  const third = await carriedOut(box, client, TINY_GRID);
  expect(await trained(client, third)).toEqual([]);
  expect(await numbers(client, third)).toEqual(await numbers(client, second));
  const from = (await runsOf(client, third)).folds.map(({ tags }) => tags[TAGS.reusedFrom]);
  expect(from.sort()).toEqual(sources);

  const fresh = await carriedOut(box, client, TINY_GRID, '--fresh');
  expect(await trained(client, fresh)).toHaveLength(12);
  expect(await numbers(client, fresh)).toEqual(await numbers(client, second));
});

test('another seed, objective or test_size takes nothing over, and what is no fold is trained again', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up('--workers', '1');
  const file = join(folder, 'reused.yaml');
  const run = async (text: string): Promise<Queued> => {
    await writeFile(file, text);
    return carriedOut(box, client, file);
  };
  const first = await run(SPACE);
  for (const other of [
    `${SPACE}seed: 8\n`,
    `${SPACE}objective: { metric: accuracy }\n`,
    SPACE.replace('test_size: 0.25', 'test_size: 0.3'),
  ])
    expect((await run(other)).held).toBe(0);
  const [broken] = (await runsOf(client, first)).folds;
  // Nobody's training says so; a fold of this configuration has no such epoch.
  await client.logBatch(broken!.info.runId, {
    metrics: [{ key: 'best_epoch', value: -1, timestamp: Date.now(), step: 99 }],
  });
  const again = await run(SPACE);
  expect(await trained(client, again)).toEqual([broken!.info.runName]);
});

test('extend trains new values and new repeats alone, and refuses what has nothing in common', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up('--workers', '1');
  const file = join(folder, 'reused.yaml');
  await writeFile(file, SPACE);
  const first = await carriedOut(box, client, file);
  const larger = SPACE.replace('name: reused', 'name: larger')
    .replace('n_repeats: 1', 'n_repeats: 2')
    .replace('[0.1, 1]', '[0.1, 1, 10]');
  await writeFile(file, larger);
  const extended = await box.json<DocumentOf<'extend'>>('extend', 'reused', file);
  expect(extended).toMatchObject({ held: 4, extends: first.searchId, experimentId: first.experimentId });
  expect(await ended(client, extended)).toBe('FINISHED');
  expect(await trained(client, extended)).toEqual(
    [0, 1, 2].flatMap((index) =>
      (index === 2 ? [0, 1, 2, 3] : [2, 3]).map((fold) => `tfidf-${index}-fold-${fold}`),
    ),
  );
  expect(await takenOf(box, extended)).toEqual({ tfidf: 4 });
  const fresh = await carriedOut(box, client, file, '--fresh');
  expect(await takenOf(box, fresh)).toEqual({});
  expect(await numbers(client, extended)).toEqual(await numbers(client, fresh));
  const shown = await box.json<DocumentOf<'show'>>('show', extended.searchId);
  expect(shown.extends).toBe(first.searchId);
  expect(shown.registered).toMatchObject({ name: 'larger', version: '1' });

  const refused = async (text: string): Promise<string> => {
    await writeFile(file, text);
    const { code, stderr } = await box.run('extend', first.searchId, file);
    expect(code).toBe(2);
    return stderr;
  };
  expect(await refused(`${larger}seed: 3\n`)).toContain('its seed is 3, and that search');
  expect(await refused(`${larger}objective: { metric: accuracy }\n`)).toContain(
    'its objective is accuracy, maximize',
  );
  expect(await refused(larger.replace('limit: 200', 'limit: 210'))).toContain('its dataset has digest');
  expect(await refused(larger.replace('n_splits: 2', 'n_splits: 3'))).toContain('no fold has the same rows');
});

test('retry --failed trains the fold that failed, and what a search that was cut had not tried', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up();
  const worker = await box.worker(1);
  const file = join(folder, 'reused.yaml');
  const slow = `${SPACE.replace(/models:\n.*\n/, 'models:\n  simple: { learning_rate: [0.01, 0.03, 0.1] }\ntraining: { epochs: 40, batch_size: 4 }\n')}`;
  await writeFile(file, slow);
  const first = await box.submit(file);
  await foldUnderWay(client, first);
  // As when memory runs out: with no retries the fold has failed.
  for (const pid of trainersOf(box.home, worker.child.pid)) process.kill(pid, 'SIGKILL');
  expect(await ended(client, first)).toBe('FINISHED');
  const lost = (await runsOf(client, first)).folds.filter(({ info }) => info.status === 'FAILED');
  expect(lost).toHaveLength(1);

  const retried = await box.json<DocumentOf<'retry'>>('retry', '--failed', first.searchId);
  expect(retried).toMatchObject({ retryOf: first.searchId, failed: 1, held: 5 });
  expect(await ended(client, retried.search!)).toBe('FINISHED');
  expect(await trained(client, retried.search!)).toEqual([lost[0]!.info.runName]);
  expect(troubles(await runsOf(client, retried.search!), { children: 3, folds: 6 })).toEqual([]);
  const nothing = await box.run('retry', '--failed', retried.search!.searchId);
  expect(nothing.code).toBe(0);
  expect(nothing.stdout).toContain('Nothing failed in search');

  const rates = Array.from({ length: 80 }, (_, i) => (i + 1) / 1000);
  await writeFile(file, slow.replace('[0.01, 0.03, 0.1]', `[${rates.join(', ')}]`));
  const cut = await box.submit(file);
  await foldsDone(client, cut, 2);
  await box.run('stop', cut.searchId);
  expect(await ended(client, cut)).toBe('FINISHED');
  const done = (await runsOf(client, cut)).folds.filter(({ info }) => info.status === 'FINISHED').length;
  expect(done).toBeLessThan(160);
  const rest = await box.json<DocumentOf<'retry'>>('retry', '--failed', cut.searchId);
  expect(rest.held).toBe(done);
  expect(await ended(client, rest.search!)).toBe('FINISHED');
  expect(await trained(client, rest.search!)).toHaveLength(160 - done);
});

test('a pruned search stops the same trials after the same folds, and takes over those alone', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up('--workers', '1');
  const file = join(folder, 'raced.yaml');
  await writeFile(
    file,
    `name: raced
dataset: { source: uci-sentiment, limit: 300, test_size: 0.25 }
strategy: { kind: grid, generation: 3 }
pruning: { folds: forgiving }
models:
  tfidf: { C: [0.001, 0.1, 1, 10], min_df: [1, 8] }
baseline: off
`,
  );
  const first = await carriedOut(box, client, file);
  const second = await carriedOut(box, client, file);
  expect(await trained(client, second)).toEqual([]);
  expect(await numbers(client, second)).toEqual(await numbers(client, first));
  const { folds } = await runsOf(client, second);
  expect(folds.length).toBeLessThan(24);
  expect(await takenOf(box, second)).toEqual({ tfidf: folds.length });
  const evidence = async (search: Submitted) =>
    (await runsOf(client, search)).children
      .toSorted((a, b) => Number(a.tags[TAGS.index]) - Number(b.tags[TAGS.index]))
      .map(({ tags }) => [tags[TAGS.outcome], tags[TAGS.pruned], tags[TAGS.pruningEvidence]]);
  expect(await evidence(second)).toEqual(await evidence(first));
});

test('an orchestrator that is killed while it copies leaves one run of each fold', {
  timeout: 240_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const file = join(folder, 'many.yaml');
  const values = Array.from({ length: 20 }, (_, i) => (i + 1) / 10);
  await writeFile(
    file,
    SPACE.replace('[0.1, 1]', `[${values.join(', ')}]`).replace('n_repeats: 1', 'n_repeats: 2'),
  );
  const first = await box.json<Ran>('run', file, '--workers', '1');
  for (const copies of [1, 50]) {
    const victim = await box.up();
    const search = await box.submit(file);
    await until('it copies', async () => (await runsOf(victim.client, search)).folds.length >= copies);
    victim.child.kill('SIGKILL');
    await victim.ended;
    const { client, child, ended: over } = await box.up('--workers', '1');
    expect(await ended(client, search)).toBe('FINISHED');
    expect(troubles(await runsOf(client, search), { children: 20, folds: 80 })).toEqual([]);
    expect(await trained(client, search)).toEqual([]);
    expect(await numbers(client, search)).toEqual(await numbers(client, first));
    child.kill('SIGTERM');
    await over;
  }
});

/** Parent runs of searches whose id begins so. */
const parents = async (client: TrackingClient, beginning: string): Promise<Run[]> => {
  const experimentIds = (await client.searchExperiments()).map(({ experimentId }) => experimentId);
  if (experimentIds.length === 0) return [];
  const filter = tagIs(TAGS.role, ROLE.parent);
  const { runs } = await client.searchRunsPage({ experimentIds, filter });
  return runs.filter(({ tags }) => tags[TAGS.searchId]?.startsWith(beginning));
};

test('several who submit under one key submit one search, and another file is refused', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up('--workers', '1');
  const file = join(folder, 'reused.yaml');
  await writeFile(file, SPACE);
  const key = ['--idempotency-key', 'Nightly run 1'];
  const all = await Promise.all([0, 1, 2].map(() => box.json<Queued>('submit', file, ...key)));
  const [{ searchId, parentRunId }] = all as [Queued];
  expect(searchId).toMatch(/^nightly-run-1-[0-9a-f]{12}$/);
  for (const one of all) expect(one).toMatchObject({ searchId, parentRunId });
  expect(await parents(client, 'nightly-run-1-')).toHaveLength(1);
  expect(await ended(client, all[0]!)).toBe('FINISHED');
  const again = await box.json<Queued>('submit', file, ...key);
  expect(again).toMatchObject({ searchId, parentRunId, already: true });
  expect(troubles(await runsOf(client, again), { children: 2, folds: 4 })).toEqual([]);
  const other = await box.run('submit', TINY_GRID, ...key);
  expect(other.code).toBe(2);
  expect(other.stderr).toContain('was given before, for another search space or other data: search nightly');
  // Nothing begins again under the key of a search that was given up: its caller is told so, and what to do.
  const late = ['--idempotency-key', 'late'];
  const given = await box.json<Queued>('submit', SLOW_GRID, ...late);
  expect((await box.run('cancel', given.searchId)).code).toBe(0);
  expect(await box.run('submit', SLOW_GRID, ...late)).toMatchObject({
    code: 0,
    stdout:
      `Search ${given.searchId} was submitted before, under the same key, and was cancelled; nothing was queued.\n` +
      `Try again what is left of it: npx gridsearch retry --failed ${given.searchId}\n`,
  });
});

test('who is killed while submitting under a key leaves a search to the next one', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { client } = await box.up('--workers', '1');
  const file = join(folder, 'reused.yaml');
  await writeFile(file, SPACE);
  for (const round of ['a', 'b', 'c']) {
    const key = ['--idempotency-key', `round-${round}`];
    const victim = box.start('submit', file, ...key);
    await until('it has made its run', async () => (await parents(client, `round-${round}-`)).length > 0);
    victim.child.kill('SIGKILL');
    await victim.ended;
    const search = await box.json<Queued>('submit', file, ...key);
    expect(await ended(client, search)).toBe('FINISHED');
    const found = await parents(client, `round-${round}-`);
    expect(found.map(({ info }) => info.runId)).toEqual([search.parentRunId]);
    expect(troubles(await runsOf(client, search), { children: 2, folds: 4 })).toEqual([]);
  }
});
