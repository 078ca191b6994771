/** The encoders that a search space can name. One line adds one. */
import { miniLmL6 } from './minilm-l6.js';
import type { EncoderSource } from './source.js';
import { useLite } from './use-lite.js';

export const ENCODER_SOURCES: Readonly<Record<string, EncoderSource>> = {
  [miniLmL6.name]: miniLmL6,
  [useLite.name]: useLite,
};
