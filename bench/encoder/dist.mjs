/** What this benchmark uses of ours. */
export {
  adamW,
  clipScale,
  encoderNetwork,
  encoderPlace,
  globalNorm,
  linearSchedule,
  pieceExamples,
  readCheckpoint,
  tokeniseTexts,
} from '../../dist/learning/encoders/index.js';
export { loadEngine } from '../../dist/learning/engine/index.js';
export { randomStream, shuffle } from '../../dist/learning/random/index.js';
