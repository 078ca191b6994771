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
  readonly terms: readonly string[];
  /** Text `i` has terms `counts.terms[starts[i]]` up to, not including, `starts[i + 1]`, each once and with its count. */
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
  const starts = new Int32Array(texts.length + 1);
  const indices: number[] = [];
  const counts: number[] = [];
  texts.forEach((text, row) => {
    const words = tokenize(text);
    const own = new Map<number, number>();
    for (let length = 1; length <= ngramMax; length++) {
      for (let from = 0; from + length <= words.length; from++) {
        const term = length === 1 ? words[from]! : words.slice(from, from + length).join(' ');
        let number = numbers.get(term);
        if (number === undefined) {
          number = numbers.size;
          numbers.set(term, number);
        }
        own.set(number, (own.get(number) ?? 0) + 1);
      }
    }
    for (const [number, count] of own) {
      indices.push(number);
      counts.push(count);
    }
    starts[row + 1] = indices.length;
  });
  return {
    terms: [...numbers.keys()],
    starts,
    indices: Int32Array.from(indices),
    counts: Int32Array.from(counts),
  };
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
  const kept = [...terms.keys()].filter((number) => texts[number]! > 0 && texts[number]! >= min_df);
  if (kept.length === 0) throw new RangeError(`no term stands in ${min_df} training texts or more`);
  kept.sort((a, b) => (terms[a]! < terms[b]! ? -1 : 1));
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
  const column = new Map(terms.map((term, i) => [term, i]));
  const columnOf = Int32Array.from(all, (term) => column.get(term) ?? -1);
  const ownStarts = new Int32Array(rows.length + 1);
  const own: number[] = [];
  const values: number[] = [];
  rows.forEach((row, i) => {
    const entries: [number, number][] = [];
    for (let at = starts[row]!; at < starts[row + 1]!; at++) {
      const place = columnOf[indices[at]!]!;
      if (place < 0) continue;
      const frequency = sublinear_tf ? 1 + Math.log(counts[at]!) : counts[at]!;
      entries.push([place, frequency * idf[place]!]);
    }
    entries.sort(([a], [b]) => a - b);
    const length = Math.sqrt(entries.reduce((sum, [, value]) => sum + value * value, 0)) || 1;
    for (const [place, value] of entries) {
      own.push(place);
      values.push(value / length);
    }
    ownStarts[i + 1] = own.length;
  });
  return {
    rows: rows.length,
    columns: terms.length,
    starts: ownStarts,
    indices: Int32Array.from(own),
    values: Float64Array.from(values),
  };
}
