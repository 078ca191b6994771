/** BERT (Devlin et al., 2019, https://arxiv.org/abs/1810.04805), and what was distilled from it, such as MiniLM. */
import { configOf } from '../checkpoint/config.js';
import type { Architecture } from './architecture.js';

export const bert: Architecture = {
  modelType: 'bert',
  prefix: 'bert.',
  configure: (fields) => configOf('bert', fields, 0),
};
