/** Texts as token ids of a pretrained encoder that is trained further: what kind `transformer` reads. */
import {
  type ClassificationHead,
  type EncoderConfig,
  type EncoderWeights,
  encoderPath,
  encoderPlace,
  isEncoderPath,
  longestText,
  type PieceBatch,
  pieceExamples,
  readCheckpoint,
  readCheckpointFacts,
  readHead,
  readTokenizer,
  type TokenisedTexts,
  TRAINABLE_ENCODER_PARAMETERS,
  tokeniseTexts,
  UNTRAINABLE_ENCODERS,
} from '../encoders/index.js';
import type { DatasetFeatures } from './features.js';
import { encoderFiles, resolveEncoder, sentences } from './sentences.js';

export interface PieceInput {
  readonly config: EncoderConfig;
  /** The pretrained weights, a copy of one's own at every call. */
  weights(): EncoderWeights;
  /** The checkpoint's own head, when it was trained for these classes and for this pooling. */
  readonly head?: ClassificationHead;
}

/** The weights are the network's to give. */
const UNTRAINED_FILES = ['config.json', 'tokenizer.json'];

/** Its packages hold the trained encoder, and are read as those of `sentences` are. */
export const pieces: DatasetFeatures<PieceBatch, PieceInput> = {
  name: 'pieces',
  per: 'dataset',
  parameters: TRAINABLE_ENCODER_PARAMETERS,
  fitParameters: TRAINABLE_ENCODER_PARAMETERS,
  packageFiles: sentences.packageFiles,
  packageNeeds: sentences.packageNeeds,
  async resolve(parameter, value, say) {
    if (parameter !== 'encoder' || typeof value !== 'string') return value;
    // A value that stands where all kinds read it was not held against this kind's names.
    if (UNTRAINABLE_ENCODERS.includes(value))
      throw new Error(`${value} can't be trained further; kind encoder takes it as it is`);
    // One with a name is a Transformer by now.
    if (isEncoderPath(value)) readCheckpointFacts(encoderPath(value));
    return resolveEncoder(parameter, value, say);
  },

  async compute({ texts, classes }, parameters, { cacheFolder, say = () => undefined }) {
    const { encoder, pooling, max_tokens: asked } = TRAINABLE_ENCODER_PARAMETERS.parse(parameters);
    const { folder } = await encoderPlace(encoder, say, cacheFolder);
    const { config } = readCheckpointFacts(folder);
    const max_tokens = Math.min(asked, longestText(config));
    const tokenizer = readTokenizer(folder, config.vocabulary);
    const all = tokeniseTexts(tokenizer, texts, max_tokens);
    const head = pooling === 'cls' ? readHead(folder, config, classes) : undefined;
    return {
      input: { config, weights: () => readCheckpoint(folder).weights, ...(head && { head }) },
      bytes: all.ids.byteLength + all.offsets.byteLength + all.lengths.byteLength,
      examples: (rows) => pieceExamples(pick(all, rows)),
      encode: (some) => pieceExamples(tokeniseTexts(tokenizer, some, max_tokens)),
      files: () => encoderFiles(folder, { pooling, max_tokens }, UNTRAINED_FILES),
    };
  },

  load() {
    throw new Error('a package of a trained encoder is read as sentence vectors');
  },
  toTensor() {
    throw new Error('a trained encoder has no layers of TensorFlow.js');
  },
};

function pick({ ids, offsets, lengths }: TokenisedTexts, rows: Int32Array): TokenisedTexts {
  const own = rows.map((row) => lengths[row]!);
  const starts = new Int32Array(rows.length + 1);
  own.forEach((length, k) => {
    starts[k + 1] = starts[k]! + length;
  });
  const picked = new Int32Array(starts[rows.length]!);
  rows.forEach((row, k) => {
    picked.set(ids.subarray(offsets[row]!, offsets[row + 1]!), starts[k]!);
  });
  return { ids: picked, offsets: starts, lengths: own };
}
