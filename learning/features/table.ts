/** What models can read of a text. One line adds features. */
import type { Features } from './features.js';
import { sentences } from './sentences.js';
import { tfidf } from './tfidf.js';
import { tokens } from './tokens.js';

export const FEATURES = { sentences, tfidf, tokens } satisfies Record<string, Features>;
