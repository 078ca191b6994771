/**
 * TF-IDF of word n-grams, as scikit-learn's `TfidfVectorizer` defines it (user guide, 6.2.3.4): a term counts as often as it stands in the
 * text (or 1 plus the logarithm of that), times 1 plus the logarithm of (1 + texts) / (1 + texts that have it); rows have length 1.
 */
import type { Tokenizer } from '../text/index.js';
import type { SparseRows } from './sparse.js';

export interface TfidfOptions {
  /** Longest run of words that is a term; shorter ones are terms, too. */
  readonly ngram_max: number;
  /** Whether a term that stands in a text n times counts 1 + ln n. */
  readonly sublinear_tf: boolean;
  /** Terms of fewer training texts are left out. */
  readonly min_df: number;
}

/** Texts as numbers of terms. Made once, it serves every fold: taking texts apart is what takes time. */
export interface TermCorpus {
  /** In alphabetical order (by UTF-16 code unit). */
  readonly terms: readonly string[];
  /** Text `i` has the terms `indices[starts[i]]` up to, not including, `indices[starts[i + 1]]`, ascending, each once and with its count. */
  readonly starts: Int32Array;
  readonly indices: Int32Array;
  readonly counts: Int32Array;
}

/** What was learned of training rows. */
export interface Tfidf {
  /** In alphabetical order (by UTF-16 code unit): the columns. */
  readonly terms: readonly string[];
  readonly idf: Float64Array;
  readonly sublinear_tf: boolean;
}

/** Takes texts apart: every word, and every run of words up to `ngramMax` long, joined by a space. */
export function termCorpus(texts: readonly string[], tokenize: Tokenizer, ngramMax: number): TermCorpus {
  const numbers = new Map<string, number>();
  const ends = new Int32Array(texts.length);
  const found: number[] = [];
  texts.forEach((text, row) => {
    const words = tokenize(text);
    for (let length = 1; length <= ngramMax; length++) {
      for (let from = 0; from + length <= words.length; from++) {
        const term = length === 1 ? words[from]! : words.slice(from, from + length).join(' ');
        let number = numbers.get(term);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(term, number);
        }
        found.push(number);
      }
    }
    ends[row] = found.length;
  });
  const terms = [...numbers.keys()].sort();
  // From here on a term's number is its place in the alphabet: no fold has to sort terms again.
  const placeOf = new Int32Array(terms.length);
  terms.forEach((term, place) => {
    placeOf[numbers.get(term)!] = place;
  });
  return {
    terms,
    ...counted(
      Int32Array.from(found, (number) => placeOf[number]!),
      ends,
    ),
  };
}

/** @param found - Terms of all texts, as often as they stand there; those of text `i` end before `ends[i]`. */
function counted(found: Int32Array, ends: Int32Array): Omit<TermCorpus, 'terms'> {
  const starts = new Int32Array(ends.length + 1);
  const indices = new Int32Array(found.length);
  const counts = new Int32Array(found.length);
  let size = 0;
  ends.forEach((end, row) => {
    const first = size;
    for (const term of found.subarray(row === 0 ? 0 : ends[row - 1], end).sort()) {
      if (size === first || indices[size - 1] !== term) indices[size++] = term;
      counts[size - 1]!++;
    }
    starts[row + 1] = size;
  });
  return { starts, indices: indices.slice(0, size), counts: counts.slice(0, size) };
}

/**
 * Learns terms and their weights. Give it training rows only, else what it is tested on leaks into the model.
 *
 * @throws RangeError when no term is left
 */
export function fitTfidf(
  { terms, starts, indices }: TermCorpus,
  rows: Int32Array,
  { sublinear_tf, min_df }: Omit<TfidfOptions, 'ngram_max'>,
): Tfidf {
  const texts = new Int32Array(terms.length);
  for (const row of rows) for (let at = starts[row]!; at < starts[row + 1]!; at++) texts[indices[at]!]!++;
  const kept: number[] = [];
  texts.forEach((count, number) => {
    if (count > 0 && count >= min_df) kept.push(number);
  });
  if (kept.length === 0) throw new RangeError(`no term stands in ${min_df} training texts or more`);
  return {
    terms: kept.map((number) => terms[number]!),
    idf: Float64Array.from(kept, (number) => Math.log((1 + rows.length) / (1 + texts[number]!)) + 1),
    sublinear_tf,
  };
}

/** Rows of a corpus in these terms; a text without any is a row of zeros. */
export function tfidfRows(
  { terms: all, starts, indices, counts }: TermCorpus,
  rows: Int32Array,
  { terms, idf, sublinear_tf }: Tfidf,
): SparseRows {
  const columnOf = columnsOf(all, terms);
  const ownStarts = new Int32Array(rows.length + 1);
  const most = rows.reduce((sum, row) => sum + starts[row + 1]! - starts[row]!, 0);
  const own = new Int32Array(most);
  const values = new Float64Array(most);
  let size = 0;
  rows.forEach((row, i) => {
    const first = size;
    let squares = 0;
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const column = columnOf[indices[at]!]!;
      if (column < 0) continue;
      const frequency = sublinear_tf ? 1 + Math.log(counts[at]!) : counts[at]!;
      const value = frequency * idf[column]!;
      squares += value * value;
      own[size] = column;
      values[size++] = value;
    }
    const length = Math.sqrt(squares) || 1;
    for (let at = first; at < size; at++) values[at]! /= length;
    ownStarts[i + 1] = size;
  });
  return {
    rows: rows.length,
    columns: terms.length,
    starts: ownStarts,
    indices: own.slice(0, size),
    values: values.slice(0, size),
  };
}

/** Where each of the terms stands among those of a model, or -1. Both are in alphabetical order. */
function columnsOf(all: readonly string[], terms: readonly string[]): Int32Array {
  let column = 0;
  return Int32Array.from(all, (term) => {
    column = firstFrom(terms, term, column);
    return terms[column] === term ? column : -1;
  });
}

/**
 * The first place, from `start` on, with `term` or one behind it. In steps that double, then by halves: next to nothing where the two lists
 * are much the same, and little where they are one text's terms and a whole model's.
 */
function firstFrom(terms: readonly string[], term: string, start: number): number {
  let [low, step] = [start, 1];
  while (low + step - 1 < terms.length && terms[low + step - 1]! < term) {
    low += step;
    step *= 2;
  }
  let high = Math.min(terms.length, low + step - 1);
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (terms[middle]! < term) low = middle + 1;
    else high = middle;
  }
  return low;
}
