/** What a person is told about data that mislead. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { majorityMetrics } from '../../learning/metrics/index.js';
import { prepare } from '../../orchestrator/app/index.js';
import { addWarning, warningsOf } from '../../tracking/client/index.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warnings-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A search over these texts, 250 of them: half are `good`, half `bad`, but for what `label` says. */
async function warnings(
  text: (row: number) => string,
  label: (row: number) => string = (row) => (row % 2 === 0 ? 'good' : 'bad'),
  { rows = 250, models = '{ simple: {} }', rest = '' } = {},
): Promise<readonly string[]> {
  const lines = Array.from({ length: rows }, (_, row) =>
    JSON.stringify({ text: text(row), label: label(row) }),
  );
  await writeFile(join(folder, 'rows.jsonl'), lines.join('\n'));
  const file = join(folder, 'space.yaml');
  await writeFile(file, `name: warned\ndataset: { file: rows.jsonl }\nmodels: ${models}\n${rest}`);
  return (await prepare(file)).rows.warnings;
}

/** Few words, and no two texts the same. */
const plain = (row: number): string =>
  [row, row >> 2, row >> 4, row >> 6].map((digit) => `word${digit & 3}`).join(' ');

describe('a search is warned of', () => {
  it('nothing when there is nothing', async () => {
    expect(await warnings(plain)).toEqual([]);
    for (const name of ['quickstart', 'sentiment-grid', 'compare-models']) {
      const shipped = fileURLToPath(new URL(`../../search-spaces/${name}.yaml`, import.meta.url));
      expect((await prepare(shipped)).rows.warnings).toEqual([]);
    }
  });

  it('texts cut at the largest max_tokens that is tried', async () => {
    const long = (row: number): string => (row % 5 === 0 ? `${plain(row)} word1`.repeat(20) : plain(row));
    expect(await warnings(long)).toEqual([
      '21 % of the texts are cut at max_tokens 32; 81 would leave 95 % of them whole',
    ]);
    expect(await warnings(long, undefined, { models: '{ simple: { max_tokens: [8, 100] } }' })).toEqual([]);
  });

  it('epochs to be pruned where there are none, or nothing to hold them against', async () => {
    const pruned = (models: string, strategy = '{ kind: random, max_trials: 40 }') =>
      warnings(plain, undefined, { models, rest: `strategy: ${strategy}\npruning: { epochs: median }\n` });
    const none =
      'pruning.epochs: median stops nothing: no kind of this search trains for more than one epoch; remove it';
    const dropout = 'dropout: { min: 0, max: 0.6 }';
    expect(await pruned('{ tfidf: { C: { min: 0.1, max: 10 } } }')).toEqual([none]);
    expect(await pruned(`{ simple: { epochs: 1, ${dropout} } }`)).toEqual([none]);
    expect(await pruned(`{ simple: { epochs: [1, 2], ${dropout} } }`)).toEqual([]);
    expect(await pruned(`{ tfidf: { C: [1, 2] }, simple: { ${dropout} } }`)).toEqual([]);

    const few = (count: number) =>
      `pruning.epochs: median stops nothing: the first two generations have nothing to be held against, and ${count} configurations are no more than that`;
    expect(await pruned(`{ simple: { ${dropout} } }`, '{ kind: random, max_trials: 16 }')).toEqual([
      `${few(16)}; write strategy: { generation: 4 }`,
    ]);
    const grid = (values: string, rest = '') =>
      pruned(`{ simple: { hidden_units: ${values} } }`, `{ kind: grid${rest} }`);
    expect(await grid('[0, 8, 16]', ', generation: 1')).toEqual([]);
    expect(await grid('[0, 8]')).toEqual([few(2)]);
  });

  it('unknown words, once for kinds that read the same', async () => {
    const strange = (row: number): string => `${plain(row)} ${(row * 7919).toString(36)}z ${row}y ${row}x`;
    const [line, ...others] = await warnings(strange, undefined, { models: '{ simple: {}, lstm: {} }' });
    expect(line).toMatch(
      /^\d\d % of the words in validation rows are not among the \d+ learnt from the training rows; give more rows, or tokenizer: characters$/,
    );
    expect(others).toEqual([]);
  });

  it('the tokenizer that it is about, when several are tried', async () => {
    const models = '{ simple: { tokenizer: [words, characters] } }';
    expect(await warnings((row) => `${plain(row)} ${plain(row + 7)}`, undefined, { models })).toEqual([
      'tokenizer characters: 100 % of the texts are cut at max_tokens 32; 40 would leave 95 % of them whole',
    ]);
  });

  it('rare classes and a small test set', async () => {
    const label = (row: number): string => (row < 9 ? 'odd "one"' : row % 2 === 0 ? 'good' : 'bad');
    expect(await warnings(plain, label, { rows: 200 })).toEqual([
      '1 of 3 classes has under 10 rows ("odd \\"one\\""): their scores are chance; add rows, or merge classes',
      "the test set has 40 rows, under 50: the winner's test score is a rough guess; add rows, or raise test_size",
    ]);
  });
});

it('what always the commonest class scores is what scikit-learn gives for it', () => {
  const labels = Int32Array.from([0, 0, 0, 1]);
  const { accuracy, f1_macro, roc_auc, loss } = majorityMetrics(labels, labels, 2);
  expect([accuracy, f1_macro, roc_auc]).toEqual([0.75, 3 / 7, 0.5]);
  expect(loss).toBeCloseTo(-0.75 * Math.log(0.75) - 0.25 * Math.log(0.25), 6);
});

it('a warning stands on the run once, in one line, and never makes the tag too long', () => {
  const tag = addWarning(undefined, 'one\ntwo', 'three');
  expect(warningsOf(tag)).toEqual(['one two', 'three']);
  expect(addWarning(tag, 'three')).toBe(tag);
  expect(addWarning(tag, 'x'.repeat(5000))).toBe(tag);
  expect(warningsOf(undefined)).toEqual([]);
});
