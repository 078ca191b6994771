/** Words as scikit-learn's vectorizers take them: two letters, numbers or underscores, or more. */
import { tokenizer } from './tokenizer.js';
import { UNICODE } from './unicode.js';

/** Pattern of a token: source of a regular expression for JavaScript (flag `u`) and Python. */
export const TERM_PATTERN = `[${UNICODE.letters}${UNICODE.numbers}_]{2,}`;
export const termTokenizer = tokenizer(TERM_PATTERN);
