/** Tokenizers: what a text is taken apart into. */
import { entryOf } from '../table.js';
import { TOKENIZERS } from './table.js';
import type { Tokenizer } from './tokenizer.js';

export type { Tokenizer } from './tokenizer.js';

/** @throws Error when there is no such tokenizer */
export const tokenizerOf = (name: string): Tokenizer => entryOf<Tokenizer>(TOKENIZERS, 'tokenizer', name);
