import { execFile } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { loadEngine } from '../../../learning/engine/index.js';
import { loadPredictor, type Prediction, writeModelPackage } from '../../../learning/package/index.js';
import { distance } from '../../unit/engine/texts.js';
import { ARCHITECTURES, TEXTS, type TrainedPackage, trainedPackage } from './trained.js';

const NODE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));
const names = Object.keys(ARCHITECTURES) as (keyof typeof ARCHITECTURES)[];

function expectSame(predictions: readonly Prediction[], { classes, expected }: TrainedPackage) {
  expect(predictions).toHaveLength(TEXTS.length);
  predictions.forEach((prediction, row) => {
    const own = [...expected.subarray(row * classes.length, (row + 1) * classes.length)];
    expect(Object.keys(prediction.probabilities)).toEqual(classes);
    classes.forEach((name, index) => {
      expect(Math.abs(prediction.probabilities[name]! - own[index]!)).toBeLessThan(1e-4);
    });
    expect(prediction.label).toBe(classes[own.indexOf(Math.max(...own))]);
  });
}

describe.each(names)('package of %s', (name) => {
  let packaged: TrainedPackage;
  beforeAll(async () => {
    packaged = await trainedPackage(name);
  });
  afterAll(() => rm(packaged.dir, { recursive: true }));

  test('predicts as the trained model does, whatever the company a text is in', async () => {
    const predictor = await loadPredictor(packaged.dir);
    expectSame(predictor.predict(TEXTS), packaged);
    expectSame(
      TEXTS.map((text) => predictor.predict([text])[0]!),
      packaged,
    );
    expect(predictor.predict([])).toEqual([]);
    predictor.dispose();
  });

  test("predicts with the kind's own network what the saved layers do", async () => {
    const engine = await loadEngine();
    const withoutLayers = Object.create(engine.tf, {
      loadLayersModel: { value: () => Promise.reject(new Error('layers were loaded')) },
    });
    const own = await loadPredictor(packaged.dir, { ...engine, tf: withoutLayers });
    const strange = await mkdtemp(join(tmpdir(), 'package-'));
    await cp(packaged.dir, strange, { recursive: true });
    const mlmodel = await readFile(join(strange, 'MLmodel'), 'utf8');
    await writeFile(
      join(strange, 'MLmodel'),
      mlmodel.replace(/gridsearch\.model: \w+/, 'gridsearch.model: unheard-of'),
    );
    await expect(loadPredictor(strange, { ...engine, tf: withoutLayers })).rejects.toThrow(
      'layers were loaded',
    );
    const stock = await loadPredictor(strange, engine);
    const numbers = (predictions: Prediction[]) =>
      predictions.flatMap(({ probabilities }) => Object.values(probabilities));
    expect(distance(numbers(own.predict(TEXTS)), numbers(stock.predict(TEXTS)))).toBeLessThan(1e-5);
    stock.dispose();
    own.dispose();
    await rm(strange, { recursive: true });
  });

  test('predict.mjs does so with stock TensorFlow.js alone', async () => {
    await symlink(NODE_MODULES, join(packaged.dir, 'node_modules'));
    const script = join(packaged.dir, 'predict.mjs');
    const { stdout } = await promisify(execFile)(process.execPath, [script, ...TEXTS]);
    expectSame(JSON.parse(stdout), packaged);
    await rm(join(packaged.dir, 'node_modules'));
  });
});

describe('the folder', () => {
  let packaged: TrainedPackage;
  let broken: string;
  beforeAll(async () => {
    packaged = await trainedPackage('simple, two classes');
    broken = await mkdtemp(join(tmpdir(), 'package-'));
  });
  afterAll(() => Promise.all([packaged.dir, broken].map((dir) => rm(dir, { recursive: true }))));

  const read = (path: string) => readFile(join(packaged.dir, path), 'utf8');

  test('is described by MLmodel', async () => {
    const mlmodel = parse(await read('MLmodel'));
    expect(mlmodel).toMatchObject({
      flavors: {
        python_function: { loader_module: 'gridsearch_pyfunc', code: 'code' },
        tfjs: { data: 'tfjs' },
      },
      model_uuid: expect.stringMatching(/^[0-9a-f]{32}$/),
      run_id: '0123456789abcdef0123456789abcdef',
      utc_time_created: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{6}$/),
      signature: { inputs: null, params: null },
    });
    expect(JSON.parse(mlmodel.signature.outputs)).toEqual([
      { type: 'string', name: 'label', required: true },
      { type: 'double', name: 'probability_awful', required: true },
      { type: 'double', name: 'probability_it is, "so" so', required: true },
    ]);
    expect(JSON.parse(await read('input_example.json'))).toEqual({
      columns: ['text'],
      data: [[TEXTS[0]], [TEXTS[1]]],
    });
  });

  test('pins what it needs', async () => {
    expect(JSON.parse(await read('package.json')).dependencies).toEqual({ '@tensorflow/tfjs': '4.22.0' });
    expect(await read('requirements.txt')).toMatch(/^mlflow>=2\.10,<4\nnumpy.*\npandas.*\n$/);
    const { dependencies } = parse(await read('conda.yaml'));
    expect(dependencies.at(-1).pip).toEqual((await read('requirements.txt')).trim().split('\n'));
  });

  test.each<[string, string, string | null, RegExp]>([
    ['a missing file', 'labels.json', null, /labels\.json: no such file; is this a model package\?/],
    ['broken JSON', 'vocabulary.json', '{', /vocabulary\.json: not JSON/],
    ['a wrong type', 'vocabulary.json', '{"max_tokens":"9","words":[]}', /vocabulary\.json: .*max_tokens/],
    ['weights outside the folder', 'tfjs/model.json', null, /must be a plain file name/],
    ['other YAML', 'MLmodel', 'metadata: [', /MLmodel: not YAML/],
    ['weights cut short', 'tfjs/weights.bin', 'short', /weight files have 5 bytes where model\.json says/],
    ['other labels', 'labels.json', '["a","b","c"]', /output does not fit the 3 classes/],
    [
      'another vocabulary',
      'vocabulary.json',
      JSON.stringify({ max_tokens: 5, words: Array.from({ length: 400 }, (_, i) => `w${i}`) }),
      /embedding\/embeddings has fewer rows/,
    ],
  ])('%s is refused', async (problem, file, content, message) => {
    await rm(broken, { recursive: true });
    await cp(packaged.dir, broken, { recursive: true });
    if (problem === 'weights outside the folder') {
      const model = await read('tfjs/model.json');
      await writeFile(join(broken, file), model.replace('"weights.bin"', '"../../../etc/passwd"'));
    } else if (content === null) await rm(join(broken, file));
    else await writeFile(join(broken, file), content);
    await expect(loadPredictor(broken)).rejects.toThrow(message);
  });

  test.each([
    ['another width', 'embedding_dim: 7', 'embedding_dim: 8'],
    ['another layer', 'hidden_units: 0', 'hidden_units: 3'],
    ['a parameter of the future', 'hidden_units: 0', 'attention: true'],
    ['a value out of range', 'hidden_units: 0', 'hidden_units: -1'],
  ])('that claims %s is still predicted with, by its layers', async (_, from, to) => {
    await rm(broken, { recursive: true });
    await cp(packaged.dir, broken, { recursive: true });
    const mlmodel = await read('MLmodel');
    expect(mlmodel).toContain(from);
    await writeFile(join(broken, 'MLmodel'), mlmodel.replace(from, to));
    const predictor = await loadPredictor(broken);
    expectSame(predictor.predict(TEXTS), packaged);
    predictor.dispose();
  });

  test('of an unknown kind and without the files of any features is refused by what it lacks', async () => {
    await rm(broken, { recursive: true });
    await cp(packaged.dir, broken, { recursive: true });
    await writeFile(join(broken, 'MLmodel'), 'metadata: { gridsearch.model: unheard-of }');
    await rm(join(broken, 'vocabulary.json'));
    await expect(loadPredictor(broken)).rejects.toThrow(
      `${broken}: neither a model kind known here nor sentences.json, or tfidf.json, or vocabulary.json; is this a model package?`,
    );
  });

  test('is not written when the weights are not the trained ones', async () => {
    const spec = { name: 'output/kernel', shape: [2, 1], dtype: 'float32' };
    const contents = {
      modelJson: { modelTopology: {}, weightsManifest: [{ paths: ['weights.bin'], weights: [spec] }] },
      weightData: new Uint8Array(Float32Array.of(1, 2).buffer),
      kind: 'simple',
      parameters: {},
      features: {},
      classes: ['a', 'b'],
      name: 'x',
      runId: 'x',
      inputExample: [],
      metrics: {},
      datasetDigest: 'x',
      engine: 'x',
    };
    const weights = [{ name: 'output/kernel', shape: [2, 1], values: Float32Array.of(1, 3) }];
    await expect(writeModelPackage(broken, { ...contents, weights })).rejects.toThrow(/not the trained one/);
    await expect(writeModelPackage(broken, { ...contents, weightData: new Uint8Array(4) })).rejects.toThrow(
      /take 4 bytes/,
    );
  });
});
