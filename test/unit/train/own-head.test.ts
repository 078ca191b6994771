/** A classification checkpoint's own head is kept where its labels are the classes, whatever their order. */
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { loadDataset } from '../../../learning/data/index.js';
import { encoderValue } from '../../../learning/encoders/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { type Parameters, pieces, sentences } from '../../../learning/features/index.js';
import { modelKind, modelParameters, probabilitiesOf } from '../../../learning/models/index.js';
import { randomStream } from '../../../learning/random/index.js';
import { test } from '../../support/test.js';
import { FOLDER } from '../encoders/fixture.js';

/** The tiny checkpoint with a head added to its weights file. */
function withHead(folder: string, architecture: 'bert' | 'roberta', labels: string[]) {
  const path = join(folder, architecture);
  cpSync(join(FOLDER, architecture), path, { recursive: true });
  const config = JSON.parse(readFileSync(join(path, 'config.json'), 'utf8')) as { hidden_size: number };
  const hidden = config.hidden_size;
  writeFileSync(
    join(path, 'config.json'),
    JSON.stringify({ ...config, id2label: Object.fromEntries(labels.map((name, k) => [k, name])) }),
  );
  const random = randomStream(1, architecture);
  const draw = (length: number) => Float32Array.from({ length }, () => random.normal());
  const head = {
    dense: { weight: draw(hidden * hidden), bias: draw(hidden) },
    output: { weight: draw(labels.length * hidden), bias: draw(labels.length) },
  };
  const [dense, output] =
    architecture === 'bert'
      ? ['bert.pooler.dense', 'classifier']
      : ['classifier.dense', 'classifier.out_proj'];
  const added: [string, number[], Float32Array][] = [
    [`${dense}.weight`, [hidden, hidden], head.dense.weight],
    [`${dense}.bias`, [hidden], head.dense.bias],
    [`${output}.weight`, [labels.length, hidden], head.output.weight],
    [`${output}.bias`, [labels.length], head.output.bias],
  ];
  const file = readFileSync(join(path, 'model.safetensors'));
  const start = 8 + Number(file.readBigUInt64LE(0));
  const known = JSON.parse(file.subarray(8, start).toString()) as Record<
    string,
    { shape: number[]; data_offsets: [number, number] }
  >;
  const encoder = Object.entries(known)
    .filter(([name]) => name !== '__metadata__' && !name.startsWith('classifier'))
    .map(
      ([
        name,
        {
          shape,
          data_offsets: [from, to],
        },
      ]) => [name, shape, file.subarray(start + from, start + to)],
    ) as [string, number[], Uint8Array][];
  const header: Record<string, unknown> = {};
  let end = 0;
  const numbers: Uint8Array[] = [];
  for (const [name, shape, values] of [...encoder, ...added]) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
    numbers.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const json = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(join(path, 'model.safetensors'), Buffer.concat([length, json, ...numbers]));
  return { path, hidden, head };
}

const TEXTS = ['good', 'a film of no worth at all', 'it is so-so'];

test.for([
  ['bert', ['positive', 'negative']],
  ['roberta', ['negative', 'positive']],
] as const)('%s with labels %j', async ([architecture, labels], { folder }) => {
  const { path, hidden, head } = withHead(folder, architecture, [...labels]);
  const engine = await loadEngine();
  const loaded = await loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 20 }, 1);
  const dataset = { ...loaded, texts: TEXTS };
  const kind = modelKind('transformer');
  const parameters = modelParameters(kind).parse({
    encoder: await encoderValue(path),
    pooling: 'cls',
  }) as Parameters;
  if (pieces.per !== 'dataset' || sentences.per !== 'dataset') throw new Error('computed once a dataset');
  const context = { engine, cacheFolder: folder };
  const fitted = await pieces.compute(dataset, parameters, context);
  const all = Int32Array.of(0, 1, 2);
  const network = kind.network(engine, { input: fitted.input, classes: 2, seed: 1 }, parameters);
  const found = probabilitiesOf(network, fitted.examples(all), 2);

  const vectors = await sentences.compute(dataset, parameters, context);
  const [batch] = [...vectors.examples(all).batches(3)];
  const { values } = batch!;
  TEXTS.forEach((_, row) => {
    const x = values.subarray(row * hidden, (row + 1) * hidden);
    const dot = (matrix: Float32Array, at: number, with_: ArrayLike<number>) =>
      matrix.subarray(at * hidden, (at + 1) * hidden).reduce((sum, weight, k) => sum + weight * with_[k]!, 0);
    const inner = Array.from(head.dense.bias, (bias, k) => Math.tanh(bias + dot(head.dense.weight, k, x)));
    const powers = labels.map((_, k) => Math.exp(head.output.bias[k]! + dot(head.output.weight, k, inner)));
    const positive = powers[labels.indexOf('positive')]! / powers.reduce((a, b) => a + b);
    expect(found[row * 2 + dataset.classes.indexOf('positive')]).toBeCloseTo(positive, 4);
  });
  network.dispose?.();

  const otherwise = await pieces.compute({ ...dataset, classes: ['a', 'b'] }, parameters, context);
  expect(otherwise.input.head).toBeUndefined();
});
