/** Texts to words. */
import { EMOJI, withMarks } from './tokenizer.js';
import { UNICODE } from './unicode.js';

const { letters, numbers, unspaced, marks } = UNICODE;

/**
 * A run of characters and their marks. ZERO WIDTH JOINER and NON-JOINER belong to it where it goes on after them, as in
 * Sinhala and Persian.
 */
const run = (characters: string): string =>
  `[${characters}](?:[${characters}${marks}]+|[\u200c\u200d]+(?=[${characters}]))*`;

/**
 * A word is a run of letters and numbers with their marks, which may go on with an apostrophe and letters, any number of
 * times. In scripts that are written without spaces each character is one, and so is an emoji sequence. All else
 * separates words.
 */
export const words = `${EMOJI}|${withMarks(unspaced)}|${run(letters + numbers)}(?:'${run(letters)})*`;
