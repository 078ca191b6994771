/** Where labelled texts come from. One line adds a source. */
import { file } from './file.js';
import { folder } from './folder.js';
import { imdb } from './imdb.js';
import type { DatasetSource } from './source.js';
import { sst2 } from './sst2.js';
import { tweetEval } from './tweet-eval.js';
import { uciSentiment } from './uci-sentiment.js';

export const SOURCES = {
  'uci-sentiment': uciSentiment,
  file,
  folder,
  tweet_eval: tweetEval,
  sst2,
  imdb,
} satisfies Record<string, DatasetSource>;
