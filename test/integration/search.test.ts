/** A whole search through the command line: Redis, tracking, orchestrator, training processes, registry. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'csv-parse/sync';
import { afterEach, describe, expect, test } from 'vitest';
import { createTrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, sandbox, until } from '../support/cli.js';
import { runsOf, troubles } from '../support/runs.js';

const SMALL_GRID = fileURLToPath(new URL('../fixtures/small-grid.yaml', import.meta.url));
const SLOW_GRID = fileURLToPath(new URL('../fixtures/slow-grid.yaml', import.meta.url));
const opened: Sandbox[] = [];
const fresh = (): Sandbox => {
  const made = sandbox();
  opened.push(made);
  return made;
};
afterEach(async () => {
  for (const made of opened.splice(0)) await made.dispose();
});

interface Document {
  searchId: string;
  experimentId: string;
  parentRunId: string;
  trials: unknown;
  folds: unknown;
  best: { childRunId: string; configuration: { hash: string }; mean: number; std: number };
  refit: { runId: string; testMetrics: Record<string, number> };
  registered: { name: string; version: string; aliases: string[] };
}

describe('gridsearch run', () => {
  test('trains every fold once, registers the winner, and is the same with one worker as with two', async () => {
    const box = fresh();
    const first = await box.run('run', SMALL_GRID, '--workers', '2', '--json');
    expect(first.stderr).not.toMatch(/Error|at .*\.js:/);
    expect(first.code, first.stderr).toBe(0);
    const two = JSON.parse(first.stdout) as Document;
    expect(two).toMatchObject({
      status: 'FINISHED',
      workers: 2,
      trials: { total: 8, finished: 8, failed: 0 },
      folds: { total: 24, finished: 24, failed: 0 },
      registered: { name: 'small-grid', version: '1', aliases: ['champion'] },
    });

    const second = await box.run('run', SMALL_GRID, '--workers', '1', '--json');
    expect(second.code, second.stderr).toBe(0);
    const one = JSON.parse(second.stdout) as Document;
    expect(one.best.configuration).toEqual(two.best.configuration);
    expect(one.best.mean).toBe(two.best.mean);
    expect(one.refit.testMetrics).toEqual(two.refit.testMetrics);
    // An equal score on the same rows doesn't beat the champion.
    expect(one.registered).toEqual({ name: 'small-grid', version: '2', aliases: ['challenger'] });

    const up = box.start('up', '--port', '0', '--json');
    const { trackingUri } = JSON.parse(await up.firstLine) as { trackingUri: string };
    const client = createTrackingClient({ uri: trackingUri });
    const means = new Map<string, number[]>();
    for (const document of [two, one]) {
      const runs = await runsOf(client, document.experimentId, document.searchId);
      expect(troubles(runs, { children: 8, folds: 24 })).toEqual([]);
      for (const child of runs.children) {
        const key = child.tags['gridsearch.configuration']!;
        means.set(key, [...(means.get(key) ?? []), child.metrics.mean_test_score!]);
      }
    }
    expect(means.size).toBe(8);
    for (const [, values] of means) expect(values[0]).toBe(values[1]);

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

    up.child.kill('SIGTERM');
    expect((await up.ended).code).toBe(0);

    const shown = await box.run('show', two.searchId, '--json');
    expect(JSON.parse(shown.stdout)).toMatchObject({
      winner: two.best.childRunId,
      registered: 'small-grid/1',
    });
    // Both searches have the name; it means the newer one.
    const newest = await box.run('show', 'small-grid', '--json', '--top', '2', '--folds', '1');
    const { searchId, children } = JSON.parse(newest.stdout) as {
      searchId: string;
      children: { runId: string; metrics: Record<string, number>; folds: unknown[] }[];
    };
    expect(searchId).toBe(one.searchId);
    expect(children.map(({ folds }) => folds.length)).toEqual([3, 0]);
    expect(children[0]!.runId).toBe(one.best.childRunId);
    expect(children[1]!.metrics.mean_test_score).toBeLessThanOrEqual(one.best.mean);
    const text = await box.run('show', 'small-grid', '--top', '2', '--folds', '1');
    expect(text.stdout).toContain('over 3 folds');
    expect(text.stdout).toContain('… and 6 more');
    expect((await box.run('show', 'small')).stderr).toContain('"small" fits 2 searches');
    const predicted = await box.run('predict', 'small-grid', 'great phone', 'terrible food', '--json');
    expect(predicted.code, predicted.stderr).toBe(0);
    const { predictions } = JSON.parse(predicted.stdout) as { predictions: { label: string }[] };
    expect(predictions).toHaveLength(2);
    for (const { label } of predictions) expect(['negative', 'positive']).toContain(label);
  }, 180_000);

  test('Ctrl-C stops cleanly, says how to go on, and resume finishes the same search', async () => {
    const box = fresh();
    const started = box.start('run', SLOW_GRID, '--workers', '1');
    const [, searchId, uri] = await until('the search is submitted', async () =>
      /^search (\S+) · tracking (\S+) /m.exec(started.stderr()),
    );
    const client = createTrackingClient({ uri: uri! });
    const experimentId = await client.getOrCreateExperiment('slow-grid');
    await until('a fold is done', async () =>
      (await runsOf(client, experimentId, searchId!)).folds.some(({ info }) => info.status === 'FINISHED'),
    );
    started.child.kill('SIGINT');
    const stopped = await started.ended;
    expect(stopped.code).toBe(130);
    expect(stopped.stderr).toContain(`npx gridsearch resume ${searchId}`);

    const resumed = await box.run('resume', '--workers', '2', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    const document = JSON.parse(resumed.stdout) as Document;
    expect(document).toMatchObject({ searchId, folds: { total: 24, finished: 24, failed: 0 } });
    const up = box.start('up', '--port', '0', '--json');
    const { trackingUri } = JSON.parse(await up.firstLine) as { trackingUri: string };
    const runs = await runsOf(
      createTrackingClient({ uri: trackingUri }),
      document.experimentId,
      document.searchId,
    );
    expect(troubles(runs, { children: 8, folds: 24 })).toEqual([]);
  }, 180_000);

  test('a local file travels with the search: workers need not see it, nor must it stay', async () => {
    const box = fresh();
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
    const submitted = await box.run('submit', space, '--json');
    expect(submitted.code, submitted.stderr).toBe(0);
    rmSync(file);
    const done = await box.run('resume', '--json');
    expect(done.code, done.stderr).toBe(0);
    const document = JSON.parse(done.stdout) as Document;
    expect(document).toMatchObject({ folds: { total: 2, finished: 2, failed: 0 } });
    expect(document.refit.testMetrics.f1_macro).toBeGreaterThan(0.9);
    const predicted = await box.run('predict', 'tickets', 'my invoice is wrong', '--json');
    expect(JSON.parse(predicted.stdout).predictions[0].label).toBe('billing');
  }, 120_000);
});
