/** Transformer encoders: Hugging Face checkpoints, their tokenizers, the forward pass and gradients, and what fine-tunes them. */
export { type EncoderConfig, longestText } from './checkpoint/config.js';
export { CHECKPOINT_FILES } from './checkpoint/files.js';
export {
  type Checkpoint,
  type CheckpointFacts,
  openWeights,
  readCheckpoint,
  readCheckpointFacts,
  readTokenizer,
} from './checkpoint/folder.js';
export { type ClassificationHead, readHead } from './checkpoint/head.js';
export { openTensorFile, type TensorFile } from './checkpoint/safetensors.js';
export type { EncoderWeights } from './checkpoint/weights.js';
export { encoderTensors } from './checkpoint/write.js';
export { CheckpointError } from './errors.js';
export type { FrozenEncoder } from './frozen/frozen.js';
export { frozenFacts, openFrozen } from './frozen/table.js';
export {
  type EncoderNetwork,
  type EncoderPass,
  type EncoderSettings,
  encoderNetwork,
  type FineTune,
} from './network/encoder.js';
export { type PoolingName, poolings } from './network/pooling.js';
export type { EncoderArray } from './network/weights.js';
export { type AdamW, type AdamWArray, adamW } from './optimizer/adamw.js';
export { clipScale, globalNorm, layerRate, linearSchedule } from './optimizer/rates.js';
export {
  ENCODER_PARAMETERS,
  TRAINABLE_ENCODER_PARAMETERS,
  UNTRAINABLE_ENCODERS,
} from './sources/parameter.js';
export {
  type EncoderPlace,
  encoderPath,
  encoderPlace,
  encoderValue,
  halfUnpacked,
  isEncoderPath,
} from './sources/place.js';
export {
  type PieceBatch,
  pieceBatch,
  pieceExamples,
  type TokenisedTexts,
  tokeniseTexts,
} from './tokens/batches.js';
export type { TextTokenizer } from './tokens/tokenizer.js';
