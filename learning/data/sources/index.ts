/** Where datasets come from: one line adds a source. */
import type { DatasetSpec } from '../spec.js';
import { file } from './file.js';
import type { DatasetSource } from './source.js';
import { uciSentiment } from './uci-sentiment.js';

export const SOURCES: Record<DatasetSpec['source'], DatasetSource> = {
  'uci-sentiment': uciSentiment,
  file,
};
