/** This checkout as an MLflow Project, run by Python's own `mlflow run` against a real server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { TAGS } from '../../tracking/client/index.js';
import { mlflowEnvironment, QUIET, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { expectNoneLeft } from '../support/processes.js';
import { TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { realServer, type TrackingFixture } from '../support/tracking.js';

const ROOT = join(import.meta.dirname, '..', '..');
const python = mlflowEnvironment();

/** `mlflow run`, to its end. */
async function mlflowRun(
  home: string,
  trackingUri: string,
  ...args: string[]
): Promise<{ code: number | null; output: string }> {
  const { REDIS_URL: _, ...inherited } = process.env;
  const child = spawn(python!.mlflow, ['run', ...args, '--env-manager', 'local'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...inherited,
      ...QUIET,
      // Newer MLflows refuse files by themselves otherwise.
      MLFLOW_ALLOW_FILE_STORE: 'true',
      // The steps' `python` is the one with MLflow.
      PATH: `${dirname(python!.python)}${delimiter}${process.env.PATH}`,
      GRIDSEARCH_HOME: home,
      MLFLOW_TRACKING_URI: trackingUri,
    },
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  const [code] = await once(child, 'close');
  await expectNoneLeft(home);
  return { code: code as number | null, output };
}

/** The runs that `mlflow run` says it opened, in their order. */
const openedIn = (output: string): string[] =>
  [...output.matchAll(/in run with ID '([0-9a-f]{32})'/g)].map(([, id]) => id!);

describe.skipIf(!python)(`MLproject${python ? '' : ` (${WHY_SKIPPED})`}`, () => {
  let server: TrackingFixture;
  beforeAll(async () => {
    server = await realServer(python!.mlflow);
  }, 120_000);
  afterAll(() => server.close());

  test('main: the run that mlflow run opened is the parent run of a search that registers; predict reads a file', {
    timeout: 300_000,
  }, async ({ folder }) => {
    const { client, uri } = server;
    const end = await mlflowRun(
      folder,
      uri,
      '.',
      '--experiment-name',
      'projects',
      '-P',
      `space=${TINY_GRID}`,
      '-P',
      'workers=1',
    );
    expect(end.code, end.output).toBe(0);
    const [id] = openedIn(end.output);
    const { info, params, tags } = await client.getRun(id!);
    expect(info).toMatchObject({
      status: 'FINISHED',
      experimentId: await client.getOrCreateExperiment('projects'),
    });
    expect(params).toMatchObject({ space: TINY_GRID, workers: '1', n_splits: '3', n_candidates: '4' });
    expect(tags).toMatchObject({
      'mlflow.source.type': 'PROJECT',
      [TAGS.projectEntryPoint]: 'main',
      [TAGS.role]: 'parent',
      [TAGS.registered]: 'tiny-grid/1',
    });
    expect(await client.getVersionByAlias('tiny-grid', 'champion')).toMatchObject({ version: '1' });

    const texts = join(ROOT, 'test/fixtures/scripts.jsonl');
    const predicted = await mlflowRun(
      folder,
      uri,
      '.',
      '-e',
      'predict',
      '-P',
      'model=tiny-grid@champion',
      '-P',
      `file=${texts}`,
    );
    expect(predicted.code, predicted.output).toBe(0);
    expect(predicted.output).toMatch(/^(negative|positive) +[01]\.\d{4} /m);
  });

  test.for(['sqlite:///FOLDER/mlflow.db', 'file://FOLDER/mlruns'])(
    '%s is told of in one line',
    {
      timeout: 120_000,
    },
    async (pattern, { folder }) => {
      const uri = pattern.replace('FOLDER', folder);
      const end = await mlflowRun(folder, uri, '.', '-P', `space=${TINY_GRID}`);
      expect(end.code).toBe(1);
      expect(end.output).toContain(
        `\nMLFLOW_TRACKING_URI is ${uri}; it must be the http:// or https:// address of an MLflow server, as in http://localhost:5000; start \`mlflow server\` or \`gridsearch up\`, and set MLFLOW_TRACKING_URI to its address\n`,
      );
    },
  );

  test('examples/steps: prepare, search and evaluate are runs below one', {
    timeout: 300_000,
  }, async ({ folder }) => {
    const { client, uri } = server;
    const end = await mlflowRun(folder, uri, 'examples/steps', '-P', 'rows=200', '-P', 'workers=1');
    expect(end.code, end.output).toBe(0);
    const [main, ...steps] = openedIn(end.output);
    const runs = await Promise.all(steps.map((id) => client.getRun(id)));
    expect(
      runs.map(({ info, tags }) => [tags[TAGS.projectEntryPoint], info.status, tags[TAGS.parentRunId]]),
    ).toEqual(['prepare', 'search', 'evaluate'].map((name) => [name, 'FINISHED', main]));
    expect(runs[1]!.tags).toMatchObject({ [TAGS.role]: 'parent', [TAGS.registered]: 'steps/1' });
    const { info, metrics } = await client.getRun(main!);
    expect(info.status).toBe('FINISHED');
    expect(metrics.kept_back_accuracy).toBeGreaterThan(0);
    expect(metrics).toEqual(runs[2]!.metrics);
  });
});
