/** Where labelled texts come from. One line adds a source. */
import { file } from './file.js';
import { folder } from './folder.js';
import type { DatasetSource } from './source.js';
import { uciSentiment } from './uci-sentiment.js';

export const SOURCES = { 'uci-sentiment': uciSentiment, file, folder } satisfies Record<
  string,
  DatasetSource
>;
