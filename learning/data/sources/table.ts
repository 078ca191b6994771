/** Where labelled texts come from. One line adds a source. */
import { file } from './file.js';
import type { DatasetSource } from './source.js';
import { uciSentiment } from './uci-sentiment.js';

export const SOURCES = { 'uci-sentiment': uciSentiment, file } satisfies Record<string, DatasetSource>;
