/** The model kinds that a search space can name. One line adds a kind. */
import { encoder } from './encoder.js';
import { lstm } from './lstm.js';
import { simple } from './simple.js';
import { tfidf } from './tfidf.js';
import { transformer } from './transformer.js';
import type { ModelKind } from './types.js';

export const MODEL_KINDS: Readonly<Record<string, ModelKind>> = { tfidf, simple, lstm, encoder, transformer };
