/** The parameters by which a search space chooses an encoder. Reading them loads no engine. */
import { z } from 'zod';
import { namesOf } from '../../table.js';
import { isEncoderPath } from './place.js';
import { ENCODER_SOURCES } from './table.js';

const NAMES = namesOf(ENCODER_SOURCES);

export const ENCODER_PARAMETERS = z.object({
  encoder: z
    .string()
    .max(4096)
    .refine((value) => isEncoderPath(value) || NAMES.includes(value), {
      message: 'is not a known encoder',
      params: { remedy: `give ${NAMES.join(' or ')}, or path:FOLDER of a Hugging Face checkpoint` },
    })
    .default(NAMES[0])
    .describe(
      `The pretrained Transformer: ${Object.values(ENCODER_SOURCES)
        .map(({ name, description }) => `${name} (${description})`)
        .join(', ')}, or path:FOLDER of a BERT or RoBERTa checkpoint as Hugging Face has them.`,
    ),
  pooling: z
    .enum(['mean', 'cls'])
    .default('mean')
    .describe("What stands for a text: the mean of its tokens' vectors, or the first token's."),
  max_tokens: z
    .number()
    .int()
    .min(4)
    .max(4096)
    .default(64)
    .describe('Tokens read of each text, special ones included; the rest is cut off.'),
});
