/**
 * SST-2: sentences and phrases of film reviews. Richard Socher et al.: "Recursive Deep Models for Semantic Compositionality Over a
 * Sentiment Treebank", EMNLP 2013. The labels of its test split are hidden, so its validation split is what is reported on.
 */
import { hubSource } from './hub.js';

export const sst2 = hubSource({
  name: 'sst2',
  description: 'Stanford Sentiment Treebank, two classes, downloaded.',
  repository: 'stanfordnlp/sst2',
  columns: { text: 'sentence', label: 'label' },
  files: [
    { split: 'train', path: 'data/train-00000-of-00001.parquet', rows: 67_349 },
    { split: 'validation', path: 'data/validation-00000-of-00001.parquet', rows: 872 },
  ],
});
