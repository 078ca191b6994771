/** Texts to words. learning/package/template repeats this in Python and in predict.mjs: change all or none. */
import type { Tokenizer } from './tokenizer.js';

const WORD = /[\p{L}\p{N}]+(?:'\p{L}+)*/gu;

/**
 * Splits a text into words:
 *
 * 1. Unicode normalization form NFKC, then lower case (Unicode's full, locale-independent mapping);
 * 2. the right single quotation mark (U+2019) becomes an apostrophe, as both write "don't";
 * 3. a word is a run of letters and numbers (general categories L and N), which may go on with an apostrophe and
 *    letters, any number of times. All else separates words.
 */
export const words: Tokenizer = (text) =>
  text.normalize('NFKC').toLowerCase().replaceAll('\u2019', "'").match(WORD) ?? [];
