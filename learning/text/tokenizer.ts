/**
 * The contract of a tokenizer: takes a text apart, the same way on every machine. It is a pattern rather than code, so that
 * packages carry it to predict.mjs and Python: all three read a text in these steps.
 *
 * 1. Unicode normalization form NFKC, then lower case (Unicode's full, locale-independent mapping);
 * 2. the right single quotation mark (U+2019) becomes an apostrophe, as both write "don't"; variation selectors, which say
 *    how a character is drawn, go: ❤ and ❤️ are one word;
 * 3. the tokens are the pattern's matches, in their order.
 */
import { UNICODE } from './unicode.js';

export type Tokenizer = (text: string) => string[];

const VARIATION_SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

const { emoji, marks } = UNICODE;

/**
 * An emoji sequence (UTS 51, 1.4): a flag; a picture, its skin tone, its tags, and others joined to it; or a keycap.
 * For patterns, which JavaScript (flag `u`) and Python (`re`) read alike: they hold characters, classes and groups only.
 */
export const EMOJI =
  `[\u{1f1e6}-\u{1f1ff}]{1,2}|[${emoji}][\u{1f3fb}-\u{1f3ff}]?[\u{e0020}-\u{e007f}]*` +
  `(?:\u200d[${emoji}][\u{1f3fb}-\u{1f3ff}]?)*|[0-9#*]\u20e3`;

/** A character of a class with its marks. */
export const withMarks = (characters: string): string => `[${characters}][${marks}]*`;

/** @param pattern - Source of a regular expression. */
export function tokenizer(pattern: string): Tokenizer {
  const token = new RegExp(pattern, 'gu');
  return (text) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .replaceAll('\u2019', "'")
      .replaceAll(VARIATION_SELECTORS, '')
      .match(token) ?? [];
}
