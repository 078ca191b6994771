/** Words to ids: what a model knows, and texts in its terms. */
import { type TokenizerName, tokenizerOf } from '../text/index.js';

/** Texts as word ids: row `i` occupies `ids[i * maxTokens … ]`; 0 is padding (at the end), 1 an unknown word. */
export interface EncodedTexts {
  readonly ids: Int32Array;
  /** Tokens of each row after truncation; at least 1 (an empty text is one unknown word). */
  readonly lengths: Int32Array;
  readonly rows: number;
  readonly maxTokens: number;
}

/** Words the model knows, fitted on a fold's training rows only. Word `words[i]` has id `i + 2`. */
export interface Vocabulary {
  readonly words: readonly string[];
  readonly maxTokens: number;
  /** What took the texts apart. */
  readonly tokenizer: TokenizerName;
}

/** Id of padding, at the end of a row. */
export const PADDING = 0;
/** Id of a word that the vocabulary lacks. */
export const UNKNOWN = 1;
/** Id of the vocabulary's first word. */
export const FIRST_WORD = 2;

/**
 * Texts as numbers of words: text `i` is `words[tokens[starts[i]]]` up to, not including, `words[tokens[starts[i + 1]]]`.
 * Tokenising is what takes time; a corpus is made once and serves every fold and vocabulary.
 */
export interface Corpus {
  readonly words: readonly string[];
  readonly tokens: Int32Array;
  readonly starts: Int32Array;
  readonly tokenizer: TokenizerName;
}

/** Tokenises texts. */
export function corpusOf(texts: readonly string[], tokenizer: TokenizerName): Corpus {
  const tokenize = tokenizerOf(tokenizer);
  const numbers = new Map<string, number>();
  const tokens: number[] = [];
  const starts = new Int32Array(texts.length + 1);
  texts.forEach((text, row) => {
    for (const word of tokenize(text)) {
      let number = numbers.get(word);
      if (number === undefined) {
        number = numbers.size;
        numbers.set(word, number);
      }
      tokens.push(number);
    }
    starts[row + 1] = tokens.length;
  });
  return { words: [...numbers.keys()], tokens: Int32Array.from(tokens), starts, tokenizer };
}

/**
 * Learns a vocabulary: the `size` most frequent words of `texts`, ties in alphabetical order (by UTF-16 code unit).
 * Give it training rows only, else what it is tested on leaks into the model.
 *
 * @param size most words; padding and unknown come on top
 * @param maxTokens words of a text that count; the rest is cut off
 * @param tokenizer @defaultValue words
 */
export function fitVocabulary(
  texts: readonly string[],
  size: number,
  maxTokens: number,
  tokenizer: TokenizerName = 'words',
): Vocabulary {
  const corpus = corpusOf(texts, tokenizer);
  return fitOnCorpus(corpus, Int32Array.from(texts.keys()), size, maxTokens);
}

/** {@link fitVocabulary} on some rows of a corpus. */
export function fitOnCorpus(corpus: Corpus, rows: Int32Array, size: number, maxTokens: number): Vocabulary {
  const counts = new Int32Array(corpus.words.length);
  for (const row of rows) {
    for (let at = corpus.starts[row]!; at < corpus.starts[row + 1]!; at++) counts[corpus.tokens[at]!]!++;
  }
  const words = Array.from(counts.keys())
    .filter((number) => counts[number]! > 0)
    .sort((a, b) => counts[b]! - counts[a]! || (corpus.words[a]! < corpus.words[b]! ? -1 : 1))
    .slice(0, size)
    .map((number) => corpus.words[number]!);
  return { words, maxTokens, tokenizer: corpus.tokenizer };
}

/**
 * Writes texts in a vocabulary's ids: the first `maxTokens` words of each, padded at the end. A text without words
 * is one unknown word, so that no row is all padding.
 */
export function encodeTexts(vocabulary: Vocabulary, texts: readonly string[]): EncodedTexts {
  return encodeCorpus(vocabulary, corpusOf(texts, vocabulary.tokenizer));
}

/** {@link encodeTexts} for a corpus. */
export function encodeCorpus(vocabulary: Vocabulary, corpus: Corpus): EncodedTexts {
  const { maxTokens } = vocabulary;
  const known = idsOf(vocabulary);
  const translated = Int32Array.from(corpus.words, (word) => known.get(word) ?? UNKNOWN);
  const rows = corpus.starts.length - 1;
  const ids = new Int32Array(rows * maxTokens).fill(PADDING);
  const lengths = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const start = corpus.starts[row]!;
    const length = Math.min(corpus.starts[row + 1]! - start, maxTokens);
    for (let i = 0; i < length; i++) ids[row * maxTokens + i] = translated[corpus.tokens[start + i]!]!;
    if (length === 0) ids[row * maxTokens] = UNKNOWN;
    lengths[row] = Math.max(length, 1);
  }
  return { ids, lengths, rows, maxTokens };
}

/** Some rows of encoded texts, copied side by side. */
export function pickTexts({ ids, lengths, maxTokens }: EncodedTexts, rows: Int32Array): EncodedTexts {
  const picked = new Int32Array(rows.length * maxTokens);
  rows.forEach((row, place) => {
    picked.set(ids.subarray(row * maxTokens, (row + 1) * maxTokens), place * maxTokens);
  });
  return { ids: picked, lengths: rows.map((row) => lengths[row]!), rows: rows.length, maxTokens };
}

const indexes = new WeakMap<Vocabulary, Map<string, number>>();

function idsOf(vocabulary: Vocabulary): Map<string, number> {
  const known = indexes.get(vocabulary);
  if (known) return known;
  const index = new Map(vocabulary.words.map((word, number) => [word, number + FIRST_WORD]));
  indexes.set(vocabulary, index);
  return index;
}
