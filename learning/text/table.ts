/** How texts are taken apart. One line adds a tokenizer. */

import type { Tokenizer } from './tokenizer.js';
import { words } from './words.js';

export const TOKENIZERS = { words } satisfies Record<string, Tokenizer>;
