/** The contract of an architecture: what of a checkpoint differs from one encoder to the next. */
import type { EncoderConfig, EncoderFields } from '../checkpoint/config.js';

export interface Architecture {
  /** `model_type` in `config.json`. */
  readonly modelType: string;
  /** What checkpoints with a head put before the names of the encoder's weights. */
  readonly prefix: string;
  configure(fields: EncoderFields): EncoderConfig;
}
