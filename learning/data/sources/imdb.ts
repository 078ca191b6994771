/** IMDb: film reviews. Andrew L. Maas et al.: "Learning Word Vectors for Sentiment Analysis", ACL 2011. */
import { hubSource } from './hub.js';

export const imdb = hubSource({
  name: 'imdb',
  description: '50,000 film reviews, two classes, downloaded.',
  repository: 'stanfordnlp/imdb',
  columns: { text: 'text', label: 'label' },
  files: [
    { split: 'train', path: 'plain_text/train-00000-of-00001.parquet', rows: 25_000 },
    { split: 'test', path: 'plain_text/test-00000-of-00001.parquet', rows: 25_000 },
  ],
});
