/** How texts are taken apart: name → pattern of a token. One line adds a tokenizer. */
import { characters } from './characters.js';
import { words } from './words.js';

export const TOKENIZERS = { words, characters } satisfies Record<string, string>;
