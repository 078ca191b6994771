/** Texts as numbers of words, in their order: what kinds with an embedding read. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Dataset } from '../data/index.js';
import { TOKENIZER_NAMES, type TokenizerName, tokenPattern } from '../text/index.js';
import { type TokenBatch, tokenExamples } from './batches.js';
import type { FeatureFiles, FoldFeatures } from './features.js';
import { tokenWarnings } from './token-warnings.js';
import {
  type Corpus,
  corpusOf,
  encodeCorpus,
  encodeTexts,
  FIRST_WORD,
  fitOnCorpus,
  pickTexts,
  type Vocabulary,
} from './vocabulary.js';

const tokenizerName = z.enum(TOKENIZER_NAMES).default('words');

export const TOKEN_PARAMETERS = z.object({
  tokenizer: tokenizerName.describe(
    'What counts as a word: a word, in scripts without spaces a character, an emoji; or every character.',
  ),
  vocabulary_size: z
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .default(5000)
    .describe(
      'Most frequent words of the training rows that the model knows; all others are one unknown word.',
    ),
  max_tokens: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(32)
    .describe('Words read of each text; the rest is cut off.'),
  embedding_dim: z.number().int().min(1).max(1024).default(50).describe('Numbers that stand for a word.'),
});
const fitParameters = TOKEN_PARAMETERS.pick({ tokenizer: true, vocabulary_size: true, max_tokens: true });

export interface TokenInput {
  /** Rows of the embedding: the vocabulary's words plus padding and unknown. */
  readonly vocabularySize: number;
}

const VOCABULARY_FILE = 'vocabulary.json';
const vocabularyFile = z.object({
  max_tokens: z.number().int().min(1).max(10_000),
  /** The pattern is for packages' own programs: a regular expression from elsewhere is never run here. */
  tokenizer: z.looseObject({ name: tokenizerName }).default({ name: 'words' }),
  words: z.array(z.string().min(1)),
});

export const tokens: FoldFeatures<TokenBatch, TokenInput> = {
  name: 'tokens',
  per: 'fold',
  parameters: TOKEN_PARAMETERS,
  fitParameters,
  warnings: tokenWarnings,
  packageFiles: [VOCABULARY_FILE],

  fit(dataset, trainingRows, parameters) {
    const { tokenizer, vocabulary_size, max_tokens } = fitParameters.parse(parameters);
    const corpus = corpusOfDataset(dataset, tokenizer);
    const vocabulary = fitOnCorpus(corpus, trainingRows, vocabulary_size, max_tokens);
    const all = encodeCorpus(vocabulary, corpus);
    return {
      input: tokenInput(vocabulary),
      bytes: vocabulary.words.length * 128 + all.ids.byteLength + all.lengths.byteLength,
      examples: (rows) => tokenExamples(pickTexts(all, rows)),
      encode: (texts) => tokenExamples(encodeTexts(vocabulary, texts)),
      files: () => vocabularyFiles(vocabulary),
    };
  },

  async load(files) {
    const { words, max_tokens, tokenizer } = await files.json(VOCABULARY_FILE, vocabularyFile, 256 * 2 ** 20);
    const vocabulary: Vocabulary = { words, maxTokens: max_tokens, tokenizer: tokenizer.name };
    return {
      encode: (texts) => tokenExamples(encodeTexts(vocabulary, texts)),
      knows(texts) {
        const { ids, maxTokens } = encodeTexts(vocabulary, texts);
        return texts.map((_, row) =>
          ids.subarray(row * maxTokens, (row + 1) * maxTokens).some((id) => id >= FIRST_WORD),
        );
      },
      misfit(weights) {
        const small = weights.find(
          ({ name, shape }) => name.endsWith('/embeddings') && shape[0]! < words.length + FIRST_WORD,
        );
        return small && `${small.name} has fewer rows than ${VOCABULARY_FILE} has words`;
      },
      inputOf(weights, { embedding_dim }) {
        const shape = weights.find(({ name }) => name === 'embedding/embeddings')?.shape;
        return shape?.length === 2 && shape[1] === embedding_dim ? { vocabularySize: shape[0]! } : undefined;
      },
    };
  },

  /** `[rows, steps]`, where a network's batches are time-major. */
  toTensor({ tf }, { ids, rows, steps }) {
    const byRow = Int32Array.from(ids, (_, k) => ids[(k % steps) * rows + Math.floor(k / steps)]!);
    return tf.tensor2d(byRow, [rows, steps], 'int32');
  },
};

export const tokenInput = ({ words }: Vocabulary): TokenInput => ({
  vocabularySize: words.length + FIRST_WORD,
});

export function vocabularyFiles({ words, maxTokens, tokenizer: name }: Vocabulary): FeatureFiles {
  const tokenizer = { name, pattern: tokenPattern(name) };
  return { [VOCABULARY_FILE]: `${JSON.stringify({ max_tokens: maxTokens, tokenizer, words })}\n` };
}

const MAX_BYTES = 256 * 2 ** 20;

const corpora = new LRUCache<string, Corpus>({
  maxSize: MAX_BYTES,
  // At most the whole: the latest is kept whatever its size.
  sizeCalculation: ({ words, tokens, starts }) =>
    Math.min(MAX_BYTES, tokens.byteLength + starts.byteLength + words.length * 64),
});

/** Tokenised once for all folds and vocabularies: that is what takes time. */
function corpusOfDataset(
  { digest, texts }: Pick<Dataset, 'digest' | 'texts'>,
  tokenizer: TokenizerName,
): Corpus {
  const key = `${tokenizer} ${digest}`;
  const corpus = corpora.get(key) ?? corpusOf(texts, tokenizer);
  corpora.set(key, corpus);
  return corpus;
}
