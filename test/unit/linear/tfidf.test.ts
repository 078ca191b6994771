/** TF-IDF and logistic regression, held to what scikit-learn gives; see test/fixtures/tfidf. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { developmentFolds, loadDataset } from '../../../learning/data/index.js';
import {
  fitLogistic,
  fitTfidf,
  logisticProbabilities,
  termCorpus,
  tfidfRows,
} from '../../../learning/linear/index.js';
import { lbfgs } from '../../../learning/linear/lbfgs.js';
import { classificationMetrics } from '../../../learning/metrics/index.js';
import { termTokenizer } from '../../../learning/text/index.js';

interface Settings {
  readonly ngram_max: number;
  readonly sublinear_tf: boolean;
  readonly min_df: number;
  readonly C: number;
  readonly class_weight: 'none' | 'balanced';
}
interface Small extends Settings {
  readonly terms: string[];
  readonly rows: number[][];
  readonly coefficients: number[][];
  readonly intercepts: number[];
  readonly probabilities: number[][];
}

const fixture = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(`../../fixtures/tfidf/${name}`, import.meta.url), 'utf8')) as T;
const { texts, labels, fits } = fixture<{ texts: string[]; labels: number[]; fits: Small[] }>('small.json');
const { scores } = fixture<{ scores: (Settings & { f1_macro: number[] })[] }>('scores.json');
const name = ({ ngram_max, sublinear_tf, min_df, C, class_weight }: Settings): string =>
  `n-grams to ${ngram_max}, sublinear ${sublinear_tf}, min_df ${min_df}, C ${C}, weights ${class_weight}`;

test.each(fits.map((fit) => [name(fit), fit] as const))(
  'terms, rows, weights and probabilities: %s',
  (_, fit) => {
    const corpus = termCorpus(texts, termTokenizer, fit.ngram_max);
    const all = Int32Array.from(texts.keys());
    const tfidf = fitTfidf(corpus, all, fit);
    expect(tfidf.terms).toEqual(fit.terms);
    const rows = tfidfRows(corpus, all, tfidf);
    fit.rows.forEach((row, i) => {
      const dense = new Array<number>(rows.columns).fill(0);
      for (let at = rows.starts[i]!; at < rows.starts[i + 1]!; at++)
        dense[rows.indices[at]!] = rows.values[at]!;
      dense.forEach((value, column) => {
        expect(value).toBeCloseTo(row[column]!, 12);
      });
    });
    const model = fitLogistic(rows, Int32Array.from(labels), 3, fit);
    expect(model.converged).toBe(true);
    fit.coefficients.flat().forEach((weight, i) => {
      expect(model.weights[i]).toBeCloseTo(weight, 4);
    });
    fit.intercepts.forEach((weight, i) => {
      expect(model.intercepts[i]).toBeCloseTo(weight, 4);
    });
    const probabilities = logisticProbabilities(model, rows);
    fit.probabilities.flat().forEach((value, i) => {
      expect(probabilities[i]).toBeCloseTo(value, 4);
    });
  },
);

test.each(scores.map((one) => [name(one), one] as const))(
  'the built-in sentences score as there: %s',
  async (_, one) => {
    const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2 }, 42);
    const corpus = termCorpus(dataset.texts, termTokenizer, one.ngram_max);
    const folds = developmentFolds(dataset, {
      testSize: 0.2,
      seed: 42,
      crossValidation: { strategy: 'stratified_k_fold', n_splits: 3, seed: 42 },
    });
    const labelsOf = (rows: Int32Array) => rows.map((row) => dataset.labels[row]!);
    folds.forEach(({ train, validation }, fold) => {
      const tfidf = fitTfidf(corpus, train, one);
      const model = fitLogistic(tfidfRows(corpus, train, tfidf), labelsOf(train), 2, one);
      expect(model.converged).toBe(true);
      const said = logisticProbabilities(model, tfidfRows(corpus, validation, tfidf));
      const { f1_macro } = classificationMetrics(labelsOf(validation), said, 2);
      expect(Math.abs(f1_macro - one.f1_macro[fold]!)).toBeLessThan(0.002);
    });
  },
);

test('what is learned is learned of training rows, and again the same to the last bit', () => {
  const corpus = termCorpus(['aa bb', 'bb cc', 'dd dd'], termTokenizer, 1);
  const tfidf = fitTfidf(corpus, Int32Array.of(0, 1), { sublinear_tf: false, min_df: 1 });
  expect(tfidf.terms).toEqual(['aa', 'bb', 'cc']);
  const rows = tfidfRows(corpus, Int32Array.of(0, 1, 2), tfidf);
  expect(rows.starts).toEqual(Int32Array.of(0, 2, 4, 4));
  const again = () => fitLogistic(rows, Int32Array.of(0, 1, 1), 2, { C: 1, class_weight: 'none' });
  expect(again()).toEqual(again());
  expect(() => fitTfidf(corpus, Int32Array.of(0), { sublinear_tf: false, min_df: 2 })).toThrow(RangeError);
  expect(() => fitLogistic(rows, Int32Array.of(1, 1, 1), 2, { C: 1, class_weight: 'none' })).toThrow(
    RangeError,
  );
});

test('L-BFGS finds the minimum of a curved valley, and says when it does not', () => {
  const rosenbrock = (x: Float64Array, gradient: Float64Array): number => {
    const [a, b] = [x[0]!, x[1]!];
    gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
    gradient[1] = 200 * (b - a * a);
    return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
  };
  const start = Float64Array.of(-1.2, 1);
  const found = lbfgs(rosenbrock, start, { tolerance: 1e-9, maxIterations: 200 });
  expect(found.converged).toBe(true);
  expect(found.x[0]).toBeCloseTo(1, 6);
  expect(found.x[1]).toBeCloseTo(1, 6);
  expect(start).toEqual(Float64Array.of(-1.2, 1));
  expect(lbfgs(rosenbrock, start, { tolerance: 1e-9, maxIterations: 2 }).converged).toBe(false);
});

test('texts of other words than a model knows have the columns of those that it knows', () => {
  const model = {
    terms: ['b', 'd', 'f', 'h', 'j'],
    idf: Float64Array.of(1, 2, 3, 4, 5),
    sublinear_tf: false,
  };
  const tokenize = (text: string): string[] => text.split(' ');
  const rowsOf = (texts: string[]) => {
    const corpus = termCorpus(texts, tokenize, 1);
    return tfidfRows(corpus, Int32Array.from(texts.keys()), model);
  };
  const { starts, indices, values } = rowsOf(['z j a b j', 'c e g i', 'h f d', 'a']);
  expect(starts).toEqual(Int32Array.of(0, 2, 2, 5, 5));
  expect(indices).toEqual(Int32Array.of(0, 4, 1, 2, 3));
  const length = Math.hypot(1, 10);
  expect(values.subarray(0, 2)).toEqual(Float64Array.of(1 / length, 10 / length));
  expect(rowsOf(['j']).indices).toEqual(Int32Array.of(4));
});
