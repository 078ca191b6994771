/** Texts as numbers of words, in their order: what kinds with an embedding read. */
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Dataset } from '../data/index.js';
import { TOKENIZER_NAMES, type TokenizerName, tokenPattern } from '../text/index.js';
import { LEARNED, NAMED_VECTORS, vectorsName, wordVectors } from '../vectors/index.js';
import { type TokenBatch, tokenExamples } from './batches.js';
import type { FeatureFiles, FoldFeatures } from './features.js';
import { NAMES_FILE } from './parameters.js';
import { tokenWarnings } from './token-warnings.js';
import {
  type Corpus,
  corpusOf,
  type EncodedTexts,
  encodeCorpus,
  encodeTexts,
  FIRST_WORD,
  fitOnCorpus,
  pickTexts,
  type Vocabulary,
} from './vocabulary.js';

const tokenizerName = z.enum(TOKENIZER_NAMES).default('words');

const embeddingsName = z.string().superRefine(refuseUnknown);
NAMES_FILE.add(embeddingsName);

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
  embedding_dim: z
    .number()
    .int()
    .min(1)
    .max(1024)
    .default(50)
    .describe('Numbers that stand for a word; with word vectors it is theirs.'),
  embeddings: embeddingsName
    .default(LEARNED)
    .describe(
      `Word vectors to start from: ${[LEARNED, ...Object.keys(NAMED_VECTORS)].join(', ')}, or file:PATH (GloVe, word2vec, fastText .vec, NumPy .npy).`,
    ),
  trainable: z
    .boolean()
    .default(true)
    .describe('Whether training changes the word vectors, or leaves them as they start.'),
});
const fitParameters = TOKEN_PARAMETERS.pick({
  tokenizer: true,
  vocabulary_size: true,
  max_tokens: true,
  embeddings: true,
});

function refuseUnknown(value: string, context: z.RefinementCtx): void {
  if (vectorsName(value) === undefined)
    context.addIssue({
      code: 'custom',
      message: 'names no word vectors',
      params: { remedy: `use one of ${[LEARNED, ...Object.keys(NAMED_VECTORS)].join(', ')}, or file:PATH` },
    });
}

export interface TokenInput {
  /** Rows of the embedding: the vocabulary's words plus padding and unknown. */
  readonly vocabularySize: number;
  /** What the vocabulary's words start from; absent when all are drawn. */
  readonly vectors?: VocabularyVectors;
}

/** Word vectors of a vocabulary's words, word `i` in row `i`. */
export interface VocabularyVectors {
  readonly rows: Float32Array;
  /** 1 for each word that has a vector. */
  readonly known: Uint8Array;
  readonly dim: number;
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

  async fit(dataset, trainingRows, parameters, { cacheFolder, say }) {
    const { tokenizer, vocabulary_size, max_tokens, embeddings } = fitParameters.parse(parameters);
    const found = await wordVectors(embeddings, { cacheFolder, say });
    const corpus = corpusOfDataset(dataset, tokenizer);
    const vocabulary = fitOnCorpus(corpus, trainingRows, vocabulary_size, max_tokens);
    const all = encodeCorpus(vocabulary, corpus);
    const vectors = found?.lookup(vocabulary.words);
    const bytes = vocabulary.words.length * 128 + all.ids.byteLength + all.lengths.byteLength;
    return {
      input: { ...tokenInput(vocabulary), ...(vectors && { vectors }) },
      bytes: bytes + (vectors?.rows.byteLength ?? 0),
      ...(vectors && { metrics: coverage(vectors, pickTexts(all, trainingRows)) }),
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

/** Shares that have a vector: of the vocabulary's words, and of the training rows' words as a model reads them. */
function coverage({ known }: VocabularyVectors, { ids, lengths, maxTokens }: EncodedTexts) {
  let [words, read] = [0, 0];
  lengths.forEach((length, row) => {
    for (let at = row * maxTokens; at < row * maxTokens + length; at++)
      words += known[ids[at]! - FIRST_WORD] ?? 0;
    read += length;
  });
  const share = known.reduce((total, one) => total + one, 0) / Math.max(1, known.length);
  return { embedding_coverage: share, embedding_token_coverage: words / Math.max(1, read) };
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
