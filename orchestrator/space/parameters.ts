/** Stand-in until worker/models has its table of kinds. */
import { z } from 'zod';
import type { ParameterTable } from './types.js';

const text = {
  vocabulary_size: z.number().int().min(1).max(1_000_000).default(5000).describe('Words.'),
  max_tokens: z.number().int().min(1).max(4096).default(32).describe('Tokens.'),
  embedding_dim: z.number().int().min(1).max(4096).default(50).describe('Dimensions.'),
};
const rate = z.number().min(0).lt(1).default(0).describe('Dropout.');

export const PARAMETERS: ParameterTable = {
  kinds: {
    simple: {
      description: 'Average of embeddings.',
      parameters: z.object({
        ...text,
        hidden_units: z.number().int().min(0).max(4096).default(0),
        dropout: rate,
      }),
    },
    lstm: {
      description: 'LSTM.',
      parameters: z.object({
        ...text,
        units: z.number().int().min(1).max(4096).default(64).describe('Units.'),
        layers: z.number().int().min(1).max(8).default(1),
        bidirectional: z.boolean().default(false),
        dropout: rate,
        input_dropout: rate,
        recurrent_dropout: rate,
      }),
    },
  },
  training: z.object({
    epochs: z.number().int().min(1).max(10_000).default(5),
    batch_size: z.number().int().min(1).max(65_536).default(32),
    learning_rate: z.number().gt(0).max(10).default(0.001),
    patience: z.number().int().min(0).max(10_000).default(0),
  }),
};
