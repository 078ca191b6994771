/** What `up` and `worker` tell while they run, to people and to programs. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { DOCUMENTS } from '../../orchestrator/cli/documents/index.js';
import { ended } from '../support/runs.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

test('up says when searches start and end, a worker which configuration scored what', async ({ box }) => {
  const space = join(box.home, 'tiny.yaml');
  writeFileSync(
    space,
    [
      'name: tiny',
      'dataset: { source: uci-sentiment, limit: 60 }',
      'cross_validation: { strategy: hold_out }',
      'models: { simple: { embedding_dim: 4, learning_rate: [0.01, 0.1] } }',
      'training: { epochs: 1 }',
    ].join('\n'),
  );
  const up = await box.up();
  const talking = box.start('worker', '--concurrency', '1');
  const searches = [await box.submit(space)];
  await ended(up.client, searches[0]!);
  await until('the worker has told of the refit', () => talking.stderr().includes('refit'));
  talking.child.kill('SIGTERM');
  const lines = (await talking.ended).stderr.split('\n');
  expect(lines).toContainEqual(
    expect.stringMatching(
      /^simple-1 fold 0 \(embedding_dim 4, learning_rate 0\.1, epochs 1\): f1_macro [01]\.\d{4} in \d+\.\d\d s$/,
    ),
  );
  expect(lines).toContainEqual(expect.stringMatching(/^simple-\d refit .*: f1_macro [01]\.\d{4} in /));

  const worker = await box.worker(1);
  searches.push(await box.submit(space, '--fresh'));
  await ended(up.client, searches[1]!);
  await until('its job is done', async () => {
    const { state } = await box.json<{ state: string }>('status', searches[1]!.searchId);
    return state === 'finished';
  });
  worker.child.kill('SIGTERM');
  const told = (await worker.ended).stdout.trim().split('\n');
  const events = told.map((line) => DOCUMENTS.worker.schema.parse(JSON.parse(line)));
  expect(events.map((event) => event.type)).toEqual(['started', 'completed', 'completed', 'completed']);
  const { searchId } = searches[1]!;
  expect(events.slice(1)).toEqual([
    expect.objectContaining({ searchId, fold: 0, score: expect.any(Number) }),
    expect.objectContaining({ searchId, fold: 0, score: expect.any(Number) }),
    expect.objectContaining({ searchId, fold: null, score: expect.any(Number) }),
  ]);

  up.child.kill('SIGTERM');
  const [, ...after] = (await up.ended).stdout.trim().split('\n');
  const seen = after.map((line) => DOCUMENTS['up-event'].schema.parse(JSON.parse(line)));
  expect(seen).toEqual(
    searches.flatMap(({ searchId }, i) => [
      { time: expect.any(String), type: 'started', searchId, trials: 2, folds: 2 },
      expect.objectContaining({
        type: 'ended',
        searchId,
        status: 'FINISHED',
        best: expect.objectContaining({ mean: expect.any(Number) }),
        registered: expect.objectContaining({ name: 'tiny', version: String(i + 1) }),
      }),
    ]),
  );
}, 180_000);

test('up tells people of searches in words', async ({ box }) => {
  const up = box.start('up', '--port', '0');
  await up.firstLine;
  const space = join(box.home, 'none.yaml');
  writeFileSync(
    space,
    [
      'name: none',
      'dataset: { source: uci-sentiment, limit: 60 }',
      'cross_validation: { strategy: hold_out }',
      'models: { simple: { embedding_dim: 4 } }',
      'training: { epochs: 1 }',
    ].join('\n'),
  );
  const { searchId } = await box.submit(space);
  await until('it has started', () => up.stderr().includes(`search ${searchId} started: 1 trial, 1 fold\n`));
  await box.worker(1);
  await until('it has ended', () =>
    /^search none-\w+ finished, f1_macro 0\.\d+ ± 0\.\d+, none version 1 \(champion\)$/m.test(up.stderr()),
  );
}, 180_000);

test('run --timing says what the time was spent on, no line wider than a terminal', async ({ box }) => {
  const space = join(box.home, 'timed.yaml');
  writeFileSync(
    space,
    [
      'name: timed',
      'dataset: { source: uci-sentiment, limit: 60 }',
      'cross_validation: { n_splits: 2 }',
      'models: { simple: { embedding_dim: 4 } }',
      'training: { epochs: 1 }',
    ].join('\n'),
  );
  const { stderr, code } = await box.run('run', space, '--workers', '1', '--timing');
  expect(code).toBe(0);
  const lines = stderr.split('\n');
  const spans = lines.slice(lines.indexOf('Seconds since the process was started:') + 1).filter(Boolean);
  const found = spans.map((line) => /^ {2}(.+?) {2,}([\d.]+) {2,}([\d.]+) {2}[·█]+$/.exec(line)!);
  const timeOf = new Map(found.map(([, what, from, to]) => [what, [Number(from), Number(to)] as const]));
  expect([...timeOf.keys()].sort()).toEqual(
    [
      'program loaded',
      'search space read',
      'Redis',
      'tracking server',
      'rows read and split',
      'training process started',
      'engine loaded there',
      'search queued',
      'first fold',
      'all folds',
      'winner refit, measured, packaged',
      'refit run written',
      'results, registration, report',
      'closed',
    ].sort(),
  );
  for (const [from, to] of timeOf.values()) expect(to).toBeGreaterThanOrEqual(from);
  // What does not hang on each other goes on side by side.
  expect(timeOf.get('training process started')![0]).toBeLessThan(timeOf.get('rows read and split')![1]);
  expect(timeOf.get('first fold')![1]).toBeLessThanOrEqual(timeOf.get('all folds')![1]);
  for (const line of spans) expect(line.length).toBeLessThanOrEqual(80);
});
