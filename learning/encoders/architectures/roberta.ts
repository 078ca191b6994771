/** RoBERTa (Liu et al., 2019, https://arxiv.org/abs/1907.11692): BERT whose positions begin after the padding token's id. */
import { configOf } from '../checkpoint/config.js';
import type { Architecture } from './architecture.js';

/** The id that RoBERTa's own configuration has. */
const PADDING_ID = 1;

export const roberta: Architecture = {
  modelType: 'roberta',
  prefix: 'roberta.',
  configure: (fields) => configOf('roberta', fields, (fields.pad_token_id ?? PADDING_ID) + 1),
};
