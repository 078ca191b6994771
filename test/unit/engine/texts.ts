/** Made-up encoded texts for engine tests. */
import { type EncodedTexts, tokenExamples } from '../../../learning/features/index.js';
import { type Random, randomStream } from '../../../learning/random/index.js';

export function encode(rows: readonly (readonly number[])[], maxTokens: number): EncodedTexts {
  const ids = new Int32Array(rows.length * maxTokens);
  rows.forEach((row, r) => {
    ids.set(row, r * maxTokens);
  });
  return { ids, lengths: Int32Array.from(rows, (row) => row.length), rows: rows.length, maxTokens };
}

/** Rows of random words from 1 up, of the lengths given. */
export function randomTexts(
  lengths: readonly number[],
  vocabularySize: number,
  maxTokens: number,
  seed = 1,
): EncodedTexts {
  const random = randomStream(seed, 'texts');
  return encode(
    lengths.map((length) => Array.from({ length }, () => below(vocabularySize - 1, random) + 1)),
    maxTokens,
  );
}

/** Texts whose class is told by one word in them, words 2 … classes + 1; the others are noise. */
export function separableTexts(rows: number, classes: number, maxTokens: number, seed: number) {
  const random = randomStream(seed, 'separable');
  const labels = new Int32Array(rows);
  const texts = Array.from({ length: rows }, (_, r) => {
    labels[r] = r % classes;
    const words = Array.from({ length: 1 + below(maxTokens, random) }, () => 10 + below(30, random));
    words[below(words.length, random)] = 2 + labels[r]!;
    return words;
  });
  return { texts: encode(texts, maxTokens), labels };
}

/** {@link separableTexts} to train on. */
export function separable(rows: number, classes: number, maxTokens: number, seed: number) {
  const { texts, labels } = separableTexts(rows, classes, maxTokens, seed);
  return { examples: tokenExamples(texts), labels };
}

export function randomArray(size: number, scale: number, random: Random): Float32Array {
  return Float32Array.from({ length: size }, () => random.normal() * scale);
}

function below(limit: number, random: Random): number {
  return Math.floor(random.uniform() * limit);
}

/** Largest absolute difference, 0 for equal arrays; Infinity if their sizes differ. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= largest)) largest = difference; // NaN gets through
  }
  return largest;
}
