/** The parameters by which a search space chooses an encoder. Reading them loads no engine. */
import { z } from 'zod';
import { isEncoderPath } from './place.js';
import type { EncoderSource } from './source.js';
import { ENCODER_SOURCES } from './table.js';

function parametersOf(sources: readonly EncoderSource[], own: string) {
  const names = sources.map(({ name }) => name);
  const described = sources.map(({ name, description }) => `${name} (${description})`).join(', ');
  return z.object({
    encoder: z
      .string()
      .max(4096)
      .refine((value) => isEncoderPath(value) || names.includes(value), {
        message: 'is not a known encoder',
        params: { remedy: `give ${names.join(' or ')}, or path:FOLDER of a Hugging Face checkpoint` },
      })
      .default(names[0]!)
      .describe(
        `${own}: ${described}, or path:FOLDER of a BERT or RoBERTa checkpoint as Hugging Face has them.`,
      ),
    pooling: z
      .enum(['mean', 'cls'])
      .default('mean')
      .describe(
        "What stands for a text: the mean of its tokens' vectors, or the first token's. use-lite has a way of its own.",
      ),
    max_tokens: z
      .number()
      .int()
      .min(4)
      .max(4096)
      .default(64)
      .describe('Tokens read of each text, special ones included; the rest is cut off.'),
  });
}

const SOURCES = Object.values(ENCODER_SOURCES);

export const ENCODER_PARAMETERS = parametersOf(SOURCES, 'The pretrained encoder');

/** Of encoders that are trained further. */
export const TRAINABLE_ENCODER_PARAMETERS = parametersOf(
  SOURCES.filter(({ trainable }) => trainable),
  'The pretrained Transformer',
);

/** Those that give vectors as they are and no more. */
export const UNTRAINABLE_ENCODERS: readonly string[] = SOURCES.filter(({ trainable }) => !trainable).map(
  ({ name }) => name,
);
