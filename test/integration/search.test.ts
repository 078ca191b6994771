/** A whole search through the command line: Redis, tracking, orchestrator, training processes, registry. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { DOCUMENTS } from '../../orchestrator/cli/documents/index.js';
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
    one = await box.json('run', SMALL_GRID, '--workers', '1', '--fresh');
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

  test('keeps the rows of every fold with the parent run: those that its folds were scored on', async () => {
    const { folds } = await runsOf(client, two);
    const parent = await client.getRun(two.parentRunId);
    const file = JSON.parse((await client.downloadArtifact(parent, 'folds.json')).toString());
    expect(file.folds).toHaveLength(3);
    for (const run of folds.slice(0, 3)) {
      const told = await client.downloadArtifact(run, 'evaluation/predictions.json');
      const { validation, train } = file.folds[Number(run.tags[TAGS.fold])];
      expect(JSON.parse(told.toString()).rows).toEqual(validation);
      expect([...train, ...validation].sort((a, b) => a - b)).toEqual(file.development);
    }
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

  test('keeps what each fold said of its validation rows, and the refit of the test rows', async () => {
    const { folds } = await runsOf(client, two);
    const first = folds.filter(({ tags }) => tags[TAGS.index] === '0');
    expect(first).toHaveLength(3);
    const validated: number[] = [];
    for (const run of first) {
      const file = await client.downloadArtifact(run, 'evaluation/predictions.json');
      const { classes, rows, labels, probabilities } = JSON.parse(file.toString());
      expect(classes).toHaveLength(2);
      expect(rows).toHaveLength(run.metrics.validation_rows!);
      const right = labels.filter(
        (label: number, row: number) => label === Number(probabilities[1][row] > probabilities[0][row]),
      );
      expect(right.length / rows.length).toBeCloseTo(run.metrics.best_val_accuracy!, 6);
      validated.push(...rows);
    }
    expect(new Set(validated).size).toBe(300);

    const refit = await client.getRun(two.refit.runId);
    const csv = (await client.downloadArtifact(refit, 'evaluation/predictions.csv')).toString('utf8');
    const table: Record<string, string>[] = parse(csv, { columns: true });
    expect(table).toHaveLength(100);
    const right = table.filter(({ label, predicted }) => label === predicted).length;
    expect(right / 100).toBeCloseTo(two.refit.testMetrics.accuracy!, 6);
    for (const { row, text } of table) {
      expect(text).not.toBe('');
      expect(validated).not.toContain(Number(row));
    }
  });

  test('is shown by its id, and by its name as the newer of the two', async () => {
    expect(await box.json('show', two.searchId)).toMatchObject({
      best: two.best,
      refit: two.refit,
      registered: two.registered,
      params: { n_splits: 3, scoring: 'f1_macro' },
    });
    expect(await box.json('status', two.searchId)).toMatchObject({
      state: 'finished',
      best: two.best,
      registered: two.registered,
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
    expect(text.stdout).toMatch(
      /^lstm, .* wins with macro F1 0\.\d{3} ± 0\.\d{3} over 3 folds; 0\.\d{3} on held-out/m,
    );
    expect(text.stdout).toContain('… and 6 more');
    expect(await box.run('show', 'small')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('"small" fits 2 searches'),
    });
  });

  test('shows whether to believe the winner, and one child or fold by name or run id', async () => {
    interface Child {
      runId: string;
      name: string;
      mean: number;
      againstWinner: { difference: number; low: number; high: number; p: number; alike: boolean } | null;
    }
    const { evidence, children } = await box.json<{
      evidence: { alike: string[]; compared: number; importances: unknown[]; pareto: string[] };
      children: Child[];
    }>('show', one.searchId);
    const [first, second] = children as [Child, Child];
    expect(first.againstWinner).toBeNull();
    expect(second.againstWinner!.difference).toBeCloseTo(second.mean - first.mean, 12);
    expect(evidence).toMatchObject({
      rule: 'one standard error',
      scores: 3,
      compared: 7,
      repeats: { repeats: 4, scores: 12 },
      importances: [{ model: 'lstm', method: 'functional ANOVA', configurations: 8 }],
    });
    const alike = children.filter(({ againstWinner }) => againstWinner?.alike).map(({ name }) => name);
    expect(evidence.alike).toEqual(alike);
    expect(evidence.pareto).toContain(first.name);

    const child = await box.json<
      Child & {
        folds: { runId: string }[];
        rows: { rows: number; bothRight: number; onlyFirst: number; differing: number[] };
        metrics: Record<string, number>;
      }
    >('show', one.searchId, second.name);
    const { rows, bothRight, onlyFirst, differing } = child.rows;
    expect(rows).toBe(300);
    // Folds are of like size, so their mean accuracy is that of all rows.
    expect((bothRight + onlyFirst) / rows).toBeCloseTo(child.metrics.mean_accuracy!, 6);
    expect(differing.length).toBeGreaterThanOrEqual(onlyFirst);
    expect(child).toMatchObject({ ...second, searchId: one.searchId });
    const fold = await box.json('show', one.searchId, `${second.name}-fold-1`);
    expect(fold).toMatchObject({ ...child.folds[1]!, searchId: one.searchId, childRunId: second.runId });
    const byId = await box.run('show', second.runId);
    expect(byId.stdout).toContain(`${second.name} of search ${one.searchId}`);
    expect(byId.stdout).toContain('rank 2 of 8');
    const ofFold = await box.run('show', one.searchId, child.folds[1]!.runId);
    expect(ofFold.stdout).toMatch(/^val_loss over 3 epochs: [▁▂▃▄▅▆▇█]{3} /m);
    const wide = await box.run('show', one.searchId, '--wide', '--folds', '0');
    expect(wide.stdout).toContain(second.runId);
    for (const name of ['lstm-0-fold-3', two.best.childRunId]) {
      expect(await box.run('show', one.searchId, name)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(`search ${one.searchId} has no run "${name}"`),
      });
    }
  }, 180_000);

  test('predicts from files and standard input too, and tells of texts without a known word', async () => {
    const texts = ['great phone', 'Ωμέγα ψι', 'terrible food'];
    const write = (name: string, content: string): string => {
      const file = join(box.home, name);
      writeFileSync(file, content);
      return file;
    };
    const files = [
      ['--file', write('texts.txt', `${texts.join('\n')}\n`)],
      [
        '--file',
        write('texts.csv', `id,review\n${texts.map((text, i) => `${i},"${text}"`).join('\n')}`),
        '--column',
        'review',
      ],
      ['--file', write('texts.jsonl', texts.map((text) => JSON.stringify({ text })).join('\n'))],
    ];
    const expected = await box.json<{ predictions: { known: boolean }[] }>('predict', 'small-grid', ...texts);
    expect(expected.predictions.map(({ known }) => known)).toEqual([true, false, true]);
    for (const options of files) {
      expect(await box.json('predict', 'small-grid', ...options)).toEqual(expected);
    }
    const end = await box.run('predict', 'small-grid', ...files[0]!);
    expect(end.stderr).toContain('1 of 3 texts have no word that the model knows (2)');
    expect(end.stdout).toMatch(/^\S+ +0\.\d{4} \? +Ωμέγα ψι$/m);

    for (const [args, message] of [
      [[], 'there is no text'],
      [['x', ...files[0]!], 'give one of the two'],
      [['--file', join(box.home, 'nowhere.txt')], 'ENOENT'],
      [['--file', write('texts.xlsx', 'x')], 'tells no format'],
      [['--file', files[1]![1]!], 'no column "text"; name one of id, review with --column'],
      [['--file', write('none.txt', '')], 'has no texts'],
      [['--file', write('binary.txt', 'a\0b')], 'not UTF-8 text'],
    ] as const) {
      expect(await box.run('predict', 'small-grid', ...args)).toMatchObject({
        code: 2,
        stderr: expect.stringContaining(message),
      });
    }
  }, 180_000);

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
  const started = box.start('run', SLOW_GRID, '--workers', '1', '--json');
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
  expect(DOCUMENTS.error.schema.parse(JSON.parse(stopped.stdout)).error.code).toBe('stopped');

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
      'training: { epochs: 8, early_stopping: { patience: 2, validation_size: 0.2 } }',
    ].join('\n'),
  );
  await box.submit(space);
  rmSync(file);
  const document = await box.json<Document>('resume');
  expect(document).toMatchObject({ folds: { total: 2, finished: 2, failed: 0 } });
  expect(document.refit.testMetrics.f1_macro).toBeGreaterThan(0.9);
  const { client } = await box.up();
  for (const { info, metrics } of (await runsOf(client, document)).folds) {
    // Of 120 development rows a quarter scores, and a fifth of the rest is watched.
    expect(metrics).toMatchObject({ train_rows: 72, early_stopping_rows: 18, validation_rows: 30 });
    const watched = (await client.metricHistory(info.runId, 'stop_f1_macro')).map(({ value }) => value);
    expect(watched.indexOf(Math.max(...watched)) + 1).toBe(metrics.best_epoch);
  }
  expect((await box.run('show', 'tickets')).stdout).not.toContain('a little too good');
  const { predictions } = await box.json<{ predictions: { label: string }[] }>(
    'predict',
    'tickets',
    'my invoice is wrong',
  );
  expect(predictions.map(({ label }) => label)).toEqual(['billing']);
}, 120_000);
