/**
 * What any tracking server must do for this project, told through the client. It runs against the embedded server
 * and against a real MLflow server; one that fails it is not a tracking server for us.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  createTrackingClient,
  datasetInput,
  type Run,
  type TrackingClient,
  TrackingError,
} from '../../tracking/client/index.js';
import { callMlflow } from '../support/mlflow-rest.js';

const unique = (name: string): string => `${name}-${randomUUID()}`;

const collect = async <T>(items: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
};

/** Declares the suite; `start` opens a server, or answers why it can't. */
export function trackingContract(
  name: string,
  start: () => Promise<{ uri: string; close: () => Promise<void> }>,
): void {
  describe(`tracking contract: ${name}`, () => {
    let client: TrackingClient;
    let uri: string;
    let stop: () => Promise<void> = async () => undefined;
    let experimentId: string;
    let folder: string;

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), 'tracking-contract-'));
      const server = await start();
      stop = server.close;
      uri = server.uri;
      client = createTrackingClient({ uri });
      experimentId = await client.getOrCreateExperiment(unique('contract'));
    }, 120_000);
    afterAll(async () => {
      await stop();
      await rm(folder, { recursive: true, force: true });
    }, 30_000);

    const open = (tags: Record<string, string> = {}, startTime = 1000): Promise<Run> =>
      client.createRun({ experimentId, runName: unique('run'), startTime, tags });
    const code = (errorCode: string) => expect.objectContaining({ errorCode });

    it('gives two callers that create one experiment at once the same id', async () => {
      const experiment = unique('race');
      const ids = await Promise.all(
        Array.from({ length: 6 }, () => client.getOrCreateExperiment(experiment)),
      );
      expect(new Set(ids).size).toBe(1);
    });

    it('restores a deleted experiment that is asked for again', async () => {
      const experiment = unique('deleted');
      const id = await client.getOrCreateExperiment(experiment, { purpose: 'test' });
      await callMlflow(uri, 'POST', 'experiments/delete', { experiment_id: id });
      expect(await client.getOrCreateExperiment(experiment)).toBe(id);
      const { experiment: found } = await callMlflow(uri, 'GET', 'experiments/get', { experiment_id: id });
      expect(found).toMatchObject({
        lifecycle_stage: 'active',
        tags: [{ key: 'purpose', value: 'test' }],
      });
    });

    it('carries a run from opening to its end', async () => {
      const parent = await open();
      const run = await client.createRun({
        experimentId,
        runName: 'child',
        startTime: 1234567890123,
        tags: { 'mlflow.user': 'ada', odd: 'ünïcode "quoted" \u{1f600}' },
        parentRunId: parent.info.runId,
      });
      expect(run.info).toMatchObject({
        status: 'RUNNING',
        startTime: 1234567890123,
        experimentId,
        runName: 'child',
      });
      await client.updateRun(run.info.runId, {
        status: 'FINISHED',
        endTime: 1234567890456,
        runName: 'renamed',
      });
      const found = await client.getRun(run.info.runId);
      expect(found.info).toMatchObject({ status: 'FINISHED', endTime: 1234567890456, runName: 'renamed' });
      expect(found.tags).toMatchObject({
        odd: 'ünïcode "quoted" \u{1f600}',
        'mlflow.parentRunId': parent.info.runId,
        'mlflow.runName': 'renamed',
      });
    });

    it('takes any amount of data in one call', async () => {
      const { info } = await open();
      const metrics = Array.from({ length: 2500 }, (_, step) => ({
        key: 'loss',
        value: 1 / (step + 1),
        timestamp: 5,
        step,
      }));
      const params = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`p${i}`, i]));
      const tags = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`t${i}`, `${i}`]));
      await client.logBatch(info.runId, {
        metrics,
        params: { ...params, long: 'x'.repeat(7000) },
        tags: { ...tags, long: 'y'.repeat(9000) },
      });
      const found = await client.getRun(info.runId);
      expect(Object.keys(found.params)).toHaveLength(251);
      expect(found.params.long).toMatch(/^x+… \[truncated, 7000 characters\]$/);
      expect(found.params.long).toHaveLength(6000);
      expect(found.tags.long).toMatch(/truncated, 9000 characters/);
      expect(found.metrics.loss).toBeCloseTo(1 / 2500);
      expect(await client.metricHistory(info.runId, 'loss')).toHaveLength(2500);
    });

    it('keeps a point logged twice once, and the latest value by step', async () => {
      const { info } = await open();
      const point = { key: 'acc', value: 0.5, timestamp: 10, step: 3 };
      await client.logBatch(info.runId, { metrics: [point] });
      await client.logBatch(info.runId, {
        metrics: [point, { ...point, step: 1, timestamp: 99, value: 0.9 }],
      });
      expect(await client.metricHistory(info.runId, 'acc')).toHaveLength(2);
      expect((await client.getRun(info.runId)).metrics.acc).toBe(0.5);
    });

    it('brings NaN back as NaN and the infinities as the largest numbers', async () => {
      const { info } = await open();
      const at = { timestamp: 1, step: 0 };
      await client.logBatch(info.runId, {
        metrics: [
          { key: 'nan', value: Number.NaN, ...at },
          { key: 'up', value: Number.POSITIVE_INFINITY, ...at },
          { key: 'down', value: Number.NEGATIVE_INFINITY, ...at },
        ],
      });
      const { metrics } = await client.getRun(info.runId);
      expect(metrics).toEqual({ nan: Number.NaN, up: Number.MAX_VALUE, down: -Number.MAX_VALUE });
    });

    it('refuses another value for a parameter, and keeps nothing of that request', async () => {
      const { info } = await open();
      await client.logBatch(info.runId, { params: { depth: 3 } });
      await client.logBatch(info.runId, { params: { depth: 3 } });
      await expect(
        client.logBatch(info.runId, { params: { depth: 4 }, tags: { after: 'x' } }),
      ).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
      const found = await client.getRun(info.runId);
      expect(found.params).toEqual({ depth: '3' });
      expect(found.tags).not.toHaveProperty('after');
    });

    it('refuses writes on a deleted run, until it is restored', async () => {
      const { info } = await open();
      await client.deleteRun(info.runId);
      const tag = { tags: { a: 'b' } };
      await expect(client.logBatch(info.runId, tag)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
      const one = { run_id: info.runId, key: 'a', value: 'b' };
      await expect(callMlflow(uri, 'POST', 'runs/set-tag', one)).rejects.toEqual(
        code('INVALID_PARAMETER_VALUE'),
      );
      await callMlflow(uri, 'POST', 'runs/restore', { run_id: info.runId });
      await callMlflow(uri, 'POST', 'runs/set-tag', one);
      expect((await client.getRun(info.runId)).tags.a).toBe('b');
    });

    it('says so when a run is not there', async () => {
      const missing = client.getRun('0123456789abcdef0123456789abcdef');
      await expect(missing).rejects.toBeInstanceOf(TrackingError);
      await expect(missing).rejects.toMatchObject({ status: 404, errorCode: 'RESOURCE_DOES_NOT_EXIST' });
    });

    it('makes one logged model out of a package, linked to its run and version', async () => {
      const run = await open();
      await client.uploadArtifact(run, 'model/MLmodel', Buffer.from('flavors: {}\nrun_id: x\n'));
      await client.uploadArtifact(run, 'model/tfjs/weights.bin', Buffer.alloc(100, 1));
      const runId = run.info.runId;
      await client.updateRun(runId, { status: 'FINISHED', endTime: 2000 });
      const about = { params: { units: '8' }, tags: { colour: 'red' }, modelType: 'text' };
      const model = (await client.logPackage(run, 'model', about))!;
      expect(model).toMatchObject({ name: 'model', sourceRunId: runId, status: 'LOGGED_MODEL_READY' });
      // Again, as after an answer that was lost.
      expect(await client.logPackage(run, 'model', about)).toEqual(model);
      const name = unique('logged');
      await client.createRegisteredModel(name);
      const { modelId, artifactUri: source } = model;
      expect(await client.createModelVersion({ name, source, runId, modelId })).toMatchObject({
        runId,
        source,
      });

      const search = { experiment_ids: [experimentId], filter: "params.units = '8'" };
      const { models } = (await callMlflow(uri, 'POST', 'logged-models/search', search as never)) as {
        models: { info: { model_id: string; tags: { key: string; value: string }[] } }[];
      };
      expect(models.map(({ info }) => info.model_id)).toEqual([model.modelId]);
      expect(models[0]!.info.tags).toContainEqual({ key: 'colour', value: 'red' });
      // MLflow's server does not tell the version's model; the model tells its versions.
      const versions = models[0]!.info.tags.find(({ key }) => key === 'mlflow.modelVersions');
      expect(JSON.parse(versions!.value)).toEqual([{ name, version: 1 }]);
      const place = { info: { artifactUri: model.artifactUri } };
      expect(String(await client.downloadArtifact(place, 'MLmodel'))).toBe(
        `flavors: {}\nrun_id: x\nmodel_id: ${model.modelId}\n`,
      );
      expect(await client.downloadArtifact(place, 'tfjs/weights.bin')).toHaveLength(100);
      const { run: read } = (await callMlflow(uri, 'GET', 'runs/get', { run_id: runId })) as {
        run: { outputs: { model_outputs: { model_id: string }[] } };
      };
      expect(read.outputs.model_outputs.map((one) => one.model_id)).toEqual([model.modelId]);
    });

    it('finishes a logged model that a killed process began, and deletes a second one', async () => {
      const run = await open();
      await client.uploadArtifact(run, 'model/MLmodel', Buffer.from('flavors: {}\n'));
      const begun = { experiment_id: experimentId, name: 'model', source_run_id: run.info.runId };
      const ids: string[] = [];
      for (let time = 0; time < 2; time++) {
        const { model } = (await callMlflow(uri, 'POST', 'logged-models', begun)) as {
          model: { info: { model_id: string } };
        };
        ids.push(model.info.model_id);
      }
      const model = (await client.logPackage(run, 'model'))!;
      expect(ids).toContain(model.modelId);
      expect(model.status).toBe('LOGGED_MODEL_READY');
      const search = { experiment_ids: [experimentId], filter: `source_run_id = '${run.info.runId}'` };
      const { models } = (await callMlflow(uri, 'POST', 'logged-models/search', search as never)) as {
        models: { info: { model_id: string } }[];
      };
      expect(models.map(({ info }) => info.model_id)).toEqual([model.modelId]);
    });

    describe('search', () => {
      let home: string;
      const names = (runs: readonly Run[]) => runs.map(({ info }) => info.runName);
      const search = async (filter: string, orderBy: string[] = ['attributes.start_time ASC']) =>
        names(await collect(client.searchRuns({ experimentIds: [home], filter, orderBy })));

      beforeAll(async () => {
        home = await client.getOrCreateExperiment(unique('search'));
        for (const [index, f1] of [0.1, 0.5, Number.NaN, 0.9, undefined].entries()) {
          const run = await client.createRun({
            experimentId: home,
            runName: `r${index}`,
            startTime: 1000 + index,
            tags: { 'gridsearch.jobId': `job-${index}`, 'my tag': index % 2 === 0 ? 'even' : 'odd' },
          });
          await client.logBatch(run.info.runId, {
            params: { units: index * 16, model: index < 3 ? 'lstm' : 'simple' },
            metrics: f1 === undefined ? [] : [{ key: 'f1', value: f1, timestamp: 1, step: 0 }],
          });
          await client.logInputs(run.info.runId, [
            datasetInput({
              name: `data-${index % 2}`,
              digest: 'd1',
              sourceType: 'local',
              source: 'x',
              context: 'train',
            }),
          ]);
          if (index === 4) await client.updateRun(run.info.runId, { status: 'FAILED', endTime: 2000 });
        }
      });

      it.each([
        ['metrics.f1 > 0.3', ['r1', 'r3']],
        ['metrics.f1 != 0.5', ['r0', 'r2', 'r3']],
        ["params.model = 'lstm' AND metrics.f1 <= 0.5", ['r0', 'r1']],
        ["params.model LIKE 'LST%'", []],
        ["params.model ILIKE 'LST%'", ['r0', 'r1', 'r2']],
        ["tags.gridsearch.jobId = 'job-3'", ['r3']],
        ['tags.`gridsearch.jobId` = "job-3"', ['r3']],
        ['tags."my tag" = \'odd\'', ['r1', 'r3']],
        ["tags.`my tag` != 'odd'", ['r0', 'r2', 'r4']],
        ["attributes.status = 'FAILED'", ['r4']],
        ["run_name = 'r2'", ['r2']],
        ['attributes.start_time >= 1003', ['r3', 'r4']],
        ["datasets.name = 'data-1'", ['r1', 'r3']],
        ["dataset.context = 'train' AND dataset.digest = 'd1' AND metrics.f1 = 0.1", ['r0']],
      ])('finds the runs of %s', async (filter, expected) => {
        expect(await search(filter)).toEqual(expected);
      });

      it('orders by a metric, NaN after the numbers, runs without it last', async () => {
        expect(await search('', ['metrics.f1 DESC'])).toEqual(['r3', 'r1', 'r0', 'r2', 'r4']);
        expect(await search('', ['metrics.f1 ASC'])).toEqual(['r0', 'r1', 'r3', 'r2', 'r4']);
      });

      it('orders by parameters and tags as texts', async () => {
        expect(await search('', ['params.model DESC', 'params.units ASC'])).toEqual([
          'r3',
          'r4',
          'r0',
          'r1',
          'r2',
        ]);
      });

      it('pages through everything exactly once', async () => {
        for (const orderBy of [[], ['metrics.f1 DESC'], ['tags.`my tag` ASC']]) {
          const query = { experimentIds: [home], orderBy, maxResults: 2 };
          expect(names(await collect(client.searchRuns(query))).sort()).toEqual([
            'r0',
            'r1',
            'r2',
            'r3',
            'r4',
          ]);
        }
        const page = await client.searchRunsPage({ experimentIds: [home], maxResults: 5 });
        expect(page.nextPageToken).toBeUndefined();
      });

      it.each([
        'metrics.f1 > "x"',
        'nonsense.f1 > 1',
        'metrics.f1 >',
        "params.model = 'a' OR params.model = 'b'",
        'attributes.nope = 1',
        "metrics.f1 LIKE 'x'",
      ])('refuses the filter %s', async (filter) => {
        await expect(search(filter)).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
      });
    });

    it('stores artifacts and gives them back', async () => {
      const run = await open();
      const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, i) => i % 256));
      await client.uploadArtifact(run, 'deep/er/data.bin', bytes);
      await client.uploadArtifact(run, 'streamed.txt', Readable.from(['one ', 'two']));
      await client.uploadArtifact(run, 'ünï code.txt', Buffer.from('odd name'));
      expect((await client.downloadArtifact(run, 'deep/er/data.bin')).equals(bytes)).toBe(true);
      expect((await client.downloadArtifact(run, 'streamed.txt')).toString()).toBe('one two');
      expect((await client.downloadArtifact(run, 'ünï code.txt')).toString()).toBe('odd name');
      const top = (await client.listArtifacts(run)).map(({ path }) => path).sort();
      expect(top).toEqual(['deep', 'streamed.txt', 'ünï code.txt']);
      expect(await client.listArtifacts(run, 'deep/er')).toEqual([
        { path: 'deep/er/data.bin', isDir: false, size: 100_000 },
      ]);
      await expect(client.downloadArtifact(run, 'none.txt')).rejects.toMatchObject({ status: 404 });
    });

    it('stores a folder and gives it back whole', async () => {
      const run = await open();
      const original = join(folder, 'original');
      await mkdir(join(original, 'deep/er'), { recursive: true });
      const weights = Buffer.from(Array.from({ length: 1000 }, (_, i) => i % 256));
      await writeFile(join(original, 'MLmodel'), 'flavors: {}');
      await writeFile(join(original, 'deep/er/weights.bin'), weights);
      await writeFile(join(original, 'deep/empty'), '');
      await client.uploadFolder(run, original, 'model');
      const copy = join(folder, 'copy');
      await client.downloadFolder(run, 'model', copy);
      const files = (await readdir(copy, { recursive: true })).sort();
      expect(files).toEqual(['MLmodel', 'deep', 'deep/empty', 'deep/er', 'deep/er/weights.bin']);
      expect(await readFile(join(copy, 'MLmodel'), 'utf8')).toBe('flavors: {}');
      expect((await readFile(join(copy, 'deep/er/weights.bin'))).equals(weights)).toBe(true);
    });

    it('registers versions, moves aliases and keeps lineage', async () => {
      const model = unique('model');
      const run = await open();
      await client.createRegisteredModel(model, { description: 'first' });
      expect((await client.createRegisteredModel(model)).description).toBe('first');
      const version = (n: number) =>
        client.createModelVersion({
          name: model,
          source: `${run.info.artifactUri}/model`,
          runId: run.info.runId,
          tags: { n: `${n}` },
          description: `number ${n}`,
        });
      const first = await version(1);
      const second = await version(2);
      expect([first.version, second.version]).toEqual(['1', '2']);
      expect(await client.waitUntilReady(model, '2')).toMatchObject({
        status: 'READY',
        runId: run.info.runId,
        tags: { n: '2' },
      });

      expect(await client.getVersionByAlias(model, 'champion')).toBeUndefined();
      expect(await client.getVersionByAlias(unique('no-model'), 'champion')).toBeUndefined();
      await client.setAlias(model, 'champion', '1');
      await client.setAlias(model, 'champion', '2');
      expect(await client.getVersionByAlias(model, 'champion')).toMatchObject({
        version: '2',
        aliases: ['champion'],
      });
      expect((await client.getModelVersion(model, '1')).aliases).toEqual([]);
      await client.deleteAlias(model, 'champion');
      expect(await client.getVersionByAlias(model, 'champion')).toBeUndefined();
      await expect(client.setAlias(model, 'latest', '1')).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));

      await client.setModelVersionTag(model, '1', 'checked', 'yes');
      const task = { name: model, key: 'task', value: 'sentiment' };
      await callMlflow(uri, 'POST', 'registered-models/set-tag', task);
      expect(
        await callMlflow(uri, 'GET', 'model-versions/get-download-uri', { name: model, version: '1' }),
      ).toEqual({ artifact_uri: `${run.info.artifactUri}/model` });
      const versions = await client.searchModelVersions(`run_id = '${run.info.runId}'`);
      expect(versions.map(({ version: number }) => number).sort()).toEqual(['1', '2']);
      expect(versions.find(({ version: number }) => number === '1')?.tags).toEqual({
        n: '1',
        checked: 'yes',
      });
      const [found] = await client.searchRegisteredModels(`name = '${model}'`);
      expect(found).toMatchObject({ name: model, tags: { task: 'sentiment' } });
    });

    it.each(['/etc/passwd', 'file:///etc', 'mlflow-artifacts:/0/../../x', 'runs:/other/model'])(
      'refuses a model version from %s',
      async (source) => {
        const model = unique('model');
        const run = await open();
        await client.createRegisteredModel(model);
        await expect(
          client.createModelVersion({ name: model, source, runId: run.info.runId }),
        ).rejects.toEqual(code('INVALID_PARAMETER_VALUE'));
      },
    );
  });
}
