/** Tokenizers: what a text is taken apart into. */
export { tokenize } from './tokenize.js';
