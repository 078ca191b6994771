/** Weights of terms, most of them zero: what kind `tfidf` reads. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Examples, RowBatch } from '../batches/index.js';
import type { Dataset } from '../data/index.js';
import {
  fitTfidf,
  pickRows,
  type SparseRows,
  type TermCorpus,
  type Tfidf,
  termCorpus,
  tfidfRows,
} from '../linear/index.js';
import { shuffle } from '../random/index.js';
import { TERM_PATTERN, termTokenizer } from '../text/index.js';
import type { FoldFeatures } from './features.js';

export const TFIDF_PARAMETERS = z.object({
  ngram_max: z
    .number()
    .int()
    .min(1)
    .max(5)
    .default(1)
    .describe('Longest run of words that counts as a term; shorter ones count, too.'),
  sublinear_tf: z
    .boolean()
    .default(false)
    .describe('Whether a term that stands n times in a text counts 1 + ln n.'),
  min_df: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(1)
    .describe('Training texts that a term must stand in to count.'),
});

export interface SparseBatch extends RowBatch {
  readonly x: SparseRows;
}

export interface TermInput {
  /** Terms. */
  readonly columns: number;
}

const FILE = 'tfidf.json';
const tfidfFile = z
  .object({
    ngram_max: z.number().int().min(1).max(5),
    sublinear_tf: z.boolean(),
    terms: z.array(z.string().min(1)).min(1).max(20_000_000),
    idf: z.array(z.number().positive()),
  })
  .refine(({ terms, idf }) => terms.length === idf.length, 'terms and idf differ in length')
  .refine(({ terms }) => isAscending(terms), 'terms are not in alphabetical order');

function isAscending(terms: readonly string[]): boolean {
  return terms.every((term, i) => i === 0 || terms[i - 1]! < term);
}

export const tfidf: FoldFeatures<SparseBatch, TermInput> = {
  name: 'tfidf',
  per: 'fold',
  parameters: TFIDF_PARAMETERS,
  fitParameters: TFIDF_PARAMETERS,
  packageFiles: [FILE],

  fit(dataset, trainingRows, parameters) {
    const { ngram_max, sublinear_tf, min_df } = TFIDF_PARAMETERS.parse(parameters);
    const corpus = corpusOfDataset(dataset, ngram_max);
    const fitted = fitTfidf(corpus, trainingRows, { sublinear_tf, min_df });
    const all = tfidfRows(corpus, Int32Array.from(dataset.texts.keys()), fitted);
    return {
      input: { columns: fitted.terms.length },
      bytes: all.indices.byteLength + all.values.byteLength + fitted.terms.length * 96,
      examples: (rows) => sparseExamples(pickRows(all, rows)),
      encode: (texts) => encode(fitted, ngram_max, texts),
      files: () => ({
        [FILE]: `${JSON.stringify({
          ngram_max,
          sublinear_tf,
          tokenizer: { pattern: TERM_PATTERN },
          terms: fitted.terms,
          idf: Array.from(fitted.idf),
        })}\n`,
      }),
    };
  },

  async load(files) {
    const { ngram_max, ...rest } = await files.json(FILE, tfidfFile, 1024 * 2 ** 20);
    const fitted: Tfidf = { ...rest, idf: Float64Array.from(rest.idf) };
    const columns = fitted.terms.length;
    return {
      encode: (texts) => encode(fitted, ngram_max, texts),
      knows(texts) {
        const { starts } = rowsOf(fitted, ngram_max, texts);
        return texts.map((_, row) => starts[row + 1]! > starts[row]!);
      },
      misfit(weights) {
        const kernel = weights.find(({ name }) => name === 'output/kernel');
        if (kernel === undefined || kernel.shape[0] === columns) return undefined;
        return `${kernel.name} has ${kernel.shape[0]} rows where ${FILE} has ${columns} terms`;
      },
      inputOf: () => ({ columns }),
    };
  },

  /** `[rows, terms]`, zeros included. */
  toTensor({ tf }, { x }) {
    const dense = new Float32Array(x.rows * x.columns);
    for (let row = 0; row < x.rows; row++) {
      for (let at = x.starts[row]!; at < x.starts[row + 1]!; at++)
        dense[row * x.columns + x.indices[at]!] = x.values[at]!;
    }
    return tf.tensor2d(dense, [x.rows, x.columns]);
  },
};

const rowsOf = (fitted: Tfidf, ngramMax: number, texts: readonly string[]): SparseRows =>
  tfidfRows(termCorpus(texts, termTokenizer, ngramMax), Int32Array.from(texts.keys()), fitted);

const encode = (fitted: Tfidf, ngramMax: number, texts: readonly string[]): Examples<SparseBatch> =>
  sparseExamples(rowsOf(fitted, ngramMax, texts));

/** Sparse rows in batches. */
export function sparseExamples(x: SparseRows): Examples<SparseBatch> {
  function* batches(order: Int32Array, size: number): Generator<SparseBatch> {
    for (let from = 0; from < order.length; from += size) {
      const source = order.subarray(from, from + size);
      yield { rows: source.length, source, x: pickRows(x, source) };
    }
  }
  const all = Int32Array.from({ length: x.rows }, (_, row) => row);
  return {
    rows: x.rows,
    epoch: (size, random) => batches(shuffle(all.slice(), random), size),
    batches: (size) => batches(all, size),
  };
}

const MAX_BYTES = 256 * 2 ** 20;

const corpora = new LRUCache<string, TermCorpus>({
  maxSize: MAX_BYTES,
  // At most the whole: the latest is kept whatever its size.
  sizeCalculation: ({ terms, indices, counts, starts }) =>
    Math.max(
      1,
      Math.min(MAX_BYTES, indices.byteLength + counts.byteLength + starts.byteLength + terms.length * 64),
    ),
});

/** Taken apart once for all folds: that is what takes time. */
function corpusOfDataset({ digest, texts }: Pick<Dataset, 'digest' | 'texts'>, ngramMax: number): TermCorpus {
  const key = `${ngramMax} ${digest}`;
  const corpus = corpora.get(key) ?? termCorpus(texts, termTokenizer, ngramMax);
  corpora.set(key, corpus);
  return corpus;
}
