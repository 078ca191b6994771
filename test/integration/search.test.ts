/** A whole search through the command line: Redis, tracking, orchestrator, training processes, registry. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { createTrackingClient, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, sandbox } from '../support/cli.js';
import { foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { SLOW_GRID, SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** What `run --json` prints. */
interface Document extends Submitted {
  best: { childRunId: string; configuration: { hash: string }; mean: number; std: number };
  refit: { runId: string; testMetrics: Record<string, number> };
  registered: { name: string; version: string; aliases: string[] };
}

describe('a search space that is run twice', () => {
  let box: Sandbox;
  /** With two workers, then with one. */
  let two: Document;
  let one: Document;
  let client: TrackingClient;

  beforeAll(async () => {
    box = sandbox();
    two = await box.json('run', SMALL_GRID, '--workers', '2');
    one = await box.json('run', SMALL_GRID, '--workers', '1');
    ({ client } = await box.up());
  }, 180_000);
  afterAll(() => box.dispose());

  test('trains every fold once and tells what it did', async () => {
    for (const [document, workers] of [
      [two, 2],
      [one, 1],
    ] as const) {
      expect(document).toMatchObject({
        status: 'FINISHED',
        workers,
        trials: { total: 8, finished: 8, failed: 0 },
        folds: { total: 24, finished: 24, failed: 0 },
      });
      expect(troubles(await runsOf(client, document), WHOLE_GRID)).toEqual([]);
    }
  });

  test('scores each configuration the same with one worker as with two, and has the same winner', async () => {
    const scores = async (document: Document) =>
      (await runsOf(client, document)).children
        .map(({ tags, metrics }) => [Number(tags[TAGS.index]), metrics.mean_test_score])
        .sort();
    const found = await scores(two);
    expect(found.map(([index]) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    for (const [, score] of found) expect(score).toBeGreaterThan(0);
    expect(await scores(one)).toEqual(found);
    expect(one.best.configuration).toEqual(two.best.configuration);
    expect(one.best.mean).toBe(two.best.mean);
    expect(one.refit.testMetrics).toEqual(two.refit.testMetrics);
    expect(two.best.mean).toBe(Math.max(...found.map(([, score]) => score!)));
  });

  test('registers the winner, and does not take the champion’s place by an equal score', () => {
    expect(two.registered).toEqual({ name: 'small-grid', version: '1', aliases: ['champion'] });
    expect(one.registered).toEqual({ name: 'small-grid', version: '2', aliases: ['challenger'] });
  });

  test('leaves with the model the table of all trials, in the order of the grid and ranked', async () => {
    const refit = await client.getRun(two.refit.runId);
    const files = (await client.listArtifacts(refit, '')).map((file) => file.path).sort();
    expect(files).toEqual(['cv_results.csv', 'dataset.json', 'evaluation', 'model', 'search-space.yaml']);
    const csv = (await client.downloadArtifact(refit, 'cv_results.csv')).toString('utf8');
    expect(csv.split('\n')[0]).toMatch(/^mean_fit_time,std_fit_time,mean_score_time,std_score_time,param_/);
    const trials: Record<string, string>[] = parse(csv, { columns: true });
    const inGrid = [0.003, 0.01].flatMap((rate) => [0, 0.3].map((dropout) => `${rate} ${dropout}`));
    expect(trials.map((row) => `${row.param_learning_rate} ${row.param_dropout}`)).toEqual([
      ...inGrid,
      ...inGrid,
    ]);
    const ranked = trials.toSorted((a, b) => Number(a.rank_test_score) - Number(b.rank_test_score));
    expect(ranked[0]).toMatchObject({ rank_test_score: '1', mean_test_score: String(two.best.mean) });
    const scores = ranked.map((row) => Number(row.mean_test_score));
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
  });

  test('is shown by its id, and by its name as the newer of the two', async () => {
    expect(await box.json('show', two.searchId)).toMatchObject({
      winner: two.best.childRunId,
      registered: 'small-grid/1',
    });
    const { searchId, children } = await box.json<{
      searchId: string;
      children: { runId: string; metrics: Record<string, number>; folds: unknown[] }[];
    }>('show', 'small-grid', '--top', '2', '--folds', '1');
    expect(searchId).toBe(one.searchId);
    expect(children.map(({ folds }) => folds.length)).toEqual([3, 0]);
    const scores = (await runsOf(client, one)).children.map(({ metrics }) => metrics.mean_test_score!);
    expect(children.map(({ metrics }) => metrics.mean_test_score)).toEqual(
      scores.sort((a, b) => b - a).slice(0, 2),
    );
    expect(children[0]!.runId).toBe(one.best.childRunId);
    const text = await box.run('show', 'small-grid', '--top', '2', '--folds', '1');
    expect(text.stdout).toContain('over 3 folds');
    expect(text.stdout).toContain('… and 6 more');
    expect(await box.run('show', 'small')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"small" fits 2 searches'),
    });
  });

  test('predicts with the champion', async () => {
    const texts = ['great phone', 'terrible food'];
    const answer = await box.json<{
      predictions: { text: string; label: string; probabilities: Record<string, number> }[];
    }>('predict', 'small-grid', ...texts);
    expect(answer).toMatchObject({ model: 'small-grid', version: '1' });
    expect(answer.predictions.map(({ text }) => text)).toEqual(texts);
    for (const { label, probabilities } of answer.predictions) {
      expect(Object.keys(probabilities)).toEqual(['negative', 'positive']);
      expect(probabilities[label]).toBe(Math.max(...Object.values(probabilities)));
      expect(probabilities.negative! + probabilities.positive!).toBeCloseTo(1, 5);
    }
  });
});

test('Ctrl-C stops a run cleanly and says how to go on, and resume finishes the same search', async ({
  box,
}) => {
  const started = box.start('run', SLOW_GRID, '--workers', '1');
  const [, searchId, uri] = await until('the search is submitted', () =>
    /^search (\S+) · tracking (\S+) /m.exec(started.stderr()),
  );
  const client = createTrackingClient({ uri: uri! });
  const experimentId = await client.getOrCreateExperiment('slow-grid');
  await foldsDone(client, { searchId: searchId!, experimentId }, 1);
  started.child.kill('SIGINT');
  const stopped = await started.ended;
  expect(stopped.code).toBe(130);
  expect(stopped.stderr).toContain(`npx gridsearch resume ${searchId}`);

  const document = await box.json<Document>('resume', '--workers', '2');
  expect(document).toMatchObject({ searchId, folds: { total: 24, finished: 24, failed: 0 } });
  const up = await box.up();
  expect(troubles(await runsOf(up.client, document), WHOLE_GRID)).toEqual([]);
}, 180_000);

test('a local file travels with the search: workers need not see it, nor must it stay', async ({ box }) => {
  const file = join(box.home, 'tickets.csv');
  const words = { billing: 'invoice refund', bug: 'crash error', praise: 'great thanks' };
  const rows = Array.from({ length: 150 }, (_, i) => {
    const label = (['billing', 'bug', 'praise'] as const)[i % 3]!;
    return `"ticket ${i}: ${words[label]}, ""quoted""",${label}`;
  });
  writeFileSync(file, `body,topic\n${rows.join('\n')}\n`);
  const space = join(box.home, 'tickets.yaml');
  writeFileSync(
    space,
    [
      'name: tickets',
      'dataset: { file: tickets.csv, columns: { text: body, label: topic }, test_size: 0.2 }',
      'cross_validation: { strategy: hold_out, validation_size: 0.25 }',
      'models: { simple: { embedding_dim: 8, learning_rate: [0.03, 0.1] } }',
      'training: { epochs: 8, early_stopping: { patience: 2 } }',
    ].join('\n'),
  );
  await box.submit(space);
  rmSync(file);
  const document = await box.json<Document>('resume');
  expect(document).toMatchObject({ folds: { total: 2, finished: 2, failed: 0 } });
  expect(document.refit.testMetrics.f1_macro).toBeGreaterThan(0.9);
  const { predictions } = await box.json<{ predictions: { label: string }[] }>(
    'predict',
    'tickets',
    'my invoice is wrong',
  );
  expect(predictions.map(({ label }) => label)).toEqual(['billing']);
}, 120_000);
