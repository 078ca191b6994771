/** What a command that fails tells a program, and what one does whose reader has gone. */
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { datasetSpec, loadDataset } from '../../learning/data/index.js';
import { DOCUMENTS } from '../../orchestrator/cli/documents/index.js';
import { SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

test.for([
  [['show', 'nothing'], 'no search "nothing" here'],
  [['run', 'nowhere.yaml'], 'nowhere.yaml'],
  [['run'], "missing required argument 'file'"],
  [['status', '--nonsense'], "unknown option '--nonsense'"],
  [['predict', 'nobody', 'x'], 'no registered model "nobody"'],
  [['worker', '--concurrency', '0'], '--concurrency is 0'],
] as const)(
  '%j with --json prints the error as a document, exit code 2',
  async ([args, message], { box }) => {
    const end = await box.run(...args, '--json');
    const { error } = DOCUMENTS.error.schema.parse(JSON.parse(end.stdout));
    expect(error.code).toBe('bad_input');
    expect(error.message).toContain(message);
    expect(end.stderr).toContain(error.message);
    expect(end.code).toBe(2);
  },
);

test('a text that is called --json asks for none', async ({ box }) => {
  const end = await box.run('predict', 'nobody', '--', '--json');
  expect(end).toMatchObject({ code: 2, stdout: '' });
});

test('what failed for another reason than its input says so, exit code 1', async ({ boxWith }) => {
  const end = await boxWith({ MLFLOW_TRACKING_URI: 'http://127.0.0.1:9' }).run('models', '--json');
  expect(DOCUMENTS.error.schema.parse(JSON.parse(end.stdout)).error.code).toBe('failed');
  expect(end.code).toBe(1);
});

test('a reader that goes before the end, as head does, is no failure', async ({ box }) => {
  const space = join(box.home, 'many.yaml');
  writeFileSync(
    space,
    [
      'name: many',
      'dataset: { source: uci-sentiment, limit: 60 }',
      'cross_validation: { strategy: k_fold, n_splits: 2 }',
      `models: { simple: { embedding_dim: 2, learning_rate: [${Array.from({ length: 20 }, (_, i) => (i + 1) / 100)}] } }`,
      'training: { epochs: 1 }',
    ].join('\n'),
  );
  const end = await box.run('run', space);
  expect(end.code).toBe(0);
  // A text of its own test rows, for the version that it registered.
  const [, model, text] = /^ {2}npx gridsearch predict (\S+) '(.+)'$/m.exec(end.stdout) ?? [];
  expect(model).toBe('many/1');
  const { texts } = await loadDataset(datasetSpec.parse({ source: 'uci-sentiment', test_size: 0.2 }), 42, {
    cacheFolder: box.home,
  });
  expect(texts).toContainEqual(expect.stringContaining(text!.replaceAll("'\\''", "'")));
  expect(end.stdout).toContain('Registered as many version 1 (champion): the first version');
  for (const args of [
    ['show', 'many'],
    ['show', 'many', '--json'],
    ['status', '--json'],
  ]) {
    const { child, ended } = box.start(...args);
    await once(child.stdout!, 'data');
    child.stdout!.destroy();
    expect(await ended, args.join(' ')).toMatchObject({ code: 0, stderr: '' });
  }
}, 180_000);

test('show says of a score that it picked its own epoch', async ({ box }) => {
  const space = join(box.home, 'stopped.yaml');
  writeFileSync(
    space,
    [
      'name: stopped',
      'dataset: { source: uci-sentiment, limit: 60 }',
      'cross_validation: { strategy: hold_out }',
      'models: { simple: { embedding_dim: 2 } }',
      'training: { epochs: 2, early_stopping: { patience: 1 } }',
    ].join('\n'),
  );
  expect((await box.run('run', space)).code).toBe(0);
  const { stdout } = await box.run('show', 'stopped');
  expect(stdout).toMatch(/^Winner simple-0: .*\n {2}a little too good: early stopping picked its epochs/m);
}, 180_000);

test('show sets beside the score what belongs to the same epoch, and prints no table without rows', async ({
  box,
}) => {
  const { best } = await box.json<{ best: { childRunId: string } }>('run', SMALL_GRID);
  const { children } = await box.json<{
    children: {
      runId: string;
      folds: { score: number; bestEpoch: number; metrics: Record<string, number> }[];
    }[];
  }>('show', 'small-grid', '--top', '1');
  expect(children[0]!.runId).toBe(best.childRunId);
  for (const { score, metrics } of children[0]!.folds) {
    expect(Object.keys(metrics).sort()).toEqual(['accuracy', 'f1_macro', 'loss', 'roc_auc']);
    expect(metrics.f1_macro).toBe(score);
  }
  const { stdout } = await box.run('show', 'small-grid', '--folds', '0');
  expect(stdout).toContain('mean f1_macro');
  expect(stdout).not.toContain('best epoch');
}, 180_000);

test('run tells what can’t be opened before anything is queued', async ({
  box,
  boxWith,
  folder,
  tracking,
}) => {
  const space = join(folder, 'refused.yaml');
  writeFileSync(
    space,
    'name: refused\ndataset: { source: uci-sentiment, limit: 60 }\nmodels: { simple: {} }\n',
  );
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const port = String((taken.address() as AddressInfo).port);
  const external = boxWith({ MLFLOW_TRACKING_URI: tracking.uri });
  for (const one of [box, external]) {
    const { code, stderr, stdout } = await one.run('run', space, '--port', port, '--json');
    expect(code).toBe(2);
    expect(stderr).toContain(`port ${port} of 127.0.0.1 is taken`);
    expect(stderr).not.toContain('    at ');
    expect(JSON.parse(stdout)).toMatchObject({ error: { code: 'bad_input' } });
  }
  const { client } = tracking;
  const experimentIds = (await client.searchExperiments()).map(({ experimentId }) => experimentId);
  const { runs } = await client.searchRunsPage({ experimentIds, maxResults: 10 });
  expect(runs.filter(({ info }) => info.runName.startsWith('refused'))).toEqual([]);
  const lost = boxWith({ MLFLOW_TRACKING_URI: tracking.uri, REDIS_URL: 'redis://127.0.0.1:1' });
  const { code, stderr } = await lost.run('run', space);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n').at(-1)).toMatch(/^Redis at redis:\/\/127\.0\.0\.1:1 can't be reached/);
  taken.close();
});
