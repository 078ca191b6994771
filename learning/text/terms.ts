/** Words as scikit-learn's vectorizers take them: two letters, numbers or underscores, or more. */
import { tokenizer } from './tokenizer.js';
import { UNICODE } from './unicode.js';

export const termTokenizer = tokenizer(`[${UNICODE.letters}${UNICODE.numbers}_]{2,}`);
