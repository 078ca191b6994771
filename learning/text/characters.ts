/** Texts to characters: for scripts and spellings in which words are too many to be met often enough. */
import { EMOJI, withMarks } from './tokenizer.js';
import { UNICODE } from './unicode.js';

const { marks, blanks } = UNICODE;

/** Every character is one, signs included, with its marks; an emoji sequence is one. White space and controls only separate. */
export const characters = `${EMOJI}|${withMarks(`^${blanks}${marks}`)}`;
