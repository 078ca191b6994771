/** Tokenizers: what a text is taken apart into. */
import { entryOf, namesOf } from '../table.js';
import { TOKENIZERS } from './table.js';
import { type Tokenizer, tokenizer } from './tokenizer.js';

export { NORMALIZATION_NAMES, type NormalizationName, normalizationOf } from './normalize.js';
export { TERM_PATTERN, termTokenizer } from './terms.js';
export type { Tokenizer } from './tokenizer.js';

export type TokenizerName = keyof typeof TOKENIZERS;

export const TOKENIZER_NAMES = namesOf(TOKENIZERS);

/** The pattern of a token: source of a regular expression for JavaScript (flag `u`) and Python. */
export const tokenPattern = (name: string): string => entryOf<string>(TOKENIZERS, 'tokenizer', name);

const compiled = new Map<string, Tokenizer>();

/** @throws Error when there is no such tokenizer */
export function tokenizerOf(name: string): Tokenizer {
  const known = compiled.get(name) ?? tokenizer(tokenPattern(name));
  compiled.set(name, known);
  return known;
}
