/**
 * One vector a text, by a pretrained encoder that stays as it is: what kind `encoder` reads. Computed once a dataset, and kept
 * in the cache for every fold, configuration, process and search after that.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Examples, RowBatch } from '../batches/index.js';
import {
  CHECKPOINT_FILES,
  ENCODER_PARAMETERS,
  encoderPath,
  encoderPlace,
  encoderValue,
  type FrozenEncoder,
  frozenFacts,
  isEncoderPath,
  openFrozen,
  pieceExamples,
  tokeniseTexts,
  UNTRAINABLE_ENCODERS,
} from '../encoders/index.js';
import type { Engine } from '../engine/index.js';
import { shuffle } from '../random/index.js';
import type { DatasetFeatures, FeatureFiles, FitContext } from './features.js';
import { cachedVectors } from './vector-cache.js';

export interface VectorBatch extends RowBatch {
  /** `[rows, columns]` */
  readonly values: Float32Array;
}

export interface VectorInput {
  /** Numbers of a vector. */
  readonly columns: number;
}

/** Where the encoder stands in a package. */
export const PACKAGED_ENCODER = 'encoder';
const FILE = 'sentences.json';
const sentencesFile = z.object({
  pooling: z.enum(['mean', 'cls']),
  max_tokens: z.number().int().min(4).max(4096),
});
type Settings = z.infer<typeof sentencesFile>;

/** Texts of one pass; length batches keep the padding small. */
const BATCH = 32;

export const sentences: DatasetFeatures<VectorBatch, VectorInput> = {
  name: 'sentences',
  per: 'dataset',
  parameters: ENCODER_PARAMETERS,
  fitParameters: ENCODER_PARAMETERS,
  packageFiles: [FILE],
  packageNeeds: { pip: ['tokenizers>=0.15,<1'], npm: { '@huggingface/tokenizers': '^0.2.0' } },
  resolve: resolveEncoder,

  warnings(_dataset, _fold, values) {
    const fixed = (values.encoder ?? []).filter((value) => UNTRAINABLE_ENCODERS.includes(String(value)));
    if (fixed.length === 0 || !values.pooling?.includes('cls')) return [];
    return [`pooling: cls changes nothing for ${fixed.join(', ')}, whose way from tokens to a text is fixed`];
  },

  async compute(dataset, parameters, context) {
    const { encoder, pooling, max_tokens } = ENCODER_PARAMETERS.parse(parameters);
    const place = await encoderPlace(encoder, context.say ?? (() => undefined), context.cacheFolder);
    const { columns, longest } = frozenFacts(place.folder);
    const settings = { pooling, max_tokens: Math.min(max_tokens, longest) };
    const key = [place.digest, settings, dataset.digest, context.engine.name, context.engine.version];
    const vectors = await cachedVectors(
      context.cacheFolder,
      key,
      dataset.texts.length * columns,
      () => embed(open(context.engine, place.folder, place.digest), dataset.texts, settings, context),
      context.signal,
    );
    return {
      input: { columns },
      bytes: vectors.byteLength,
      examples: (rows) => vectorExamples(pick(vectors, columns, rows), columns),
      encode: (texts) =>
        vectorExamples(embedNow(open(context.engine, place.folder, place.digest), texts, settings), columns),
      files: () => encoderFiles(place.folder, settings),
    };
  },

  async load(files, engine) {
    const settings = await files.json(FILE, sentencesFile, 2 ** 20);
    const own = openFrozen(engine, join(files.dir, PACKAGED_ENCODER));
    const { columns } = own;
    return {
      encode: (texts) => vectorExamples(embedNow(own, texts, settings), columns),
      misfit(weights) {
        const first = weights.find(({ name }) => name.endsWith('/kernel'));
        if (first === undefined || first.shape[0] === columns) return undefined;
        return `${first.name} has ${first.shape[0]} rows where the encoder gives ${columns} numbers`;
      },
      inputOf: () => ({ columns }),
      dispose: () => own.dispose(),
    };
  },

  toTensor: ({ tf }, { values, rows }) => tf.tensor2d(values, [rows, values.length / Math.max(1, rows)]),
};

/**
 * What a package of an encoder holds.
 *
 * @param names - Of the checkpoint's files; where the weights are others by then, without them.
 */
export async function encoderFiles(
  folder: string,
  settings: Settings,
  names: readonly string[] = CHECKPOINT_FILES,
): Promise<FeatureFiles> {
  const files: Record<string, string | Uint8Array> = { [FILE]: `${JSON.stringify(settings)}\n` };
  for (const name of names) files[`${PACKAGED_ENCODER}/${name}`] = await readFile(join(folder, name));
  return files;
}

/**
 * What a value of a parameter is to workers: a folder gets its content's digest, and what has a name is fetched.
 *
 * @throws Error in one line when there is no such checkpoint, or it can't be had
 */
export async function resolveEncoder(
  parameter: string,
  value: string | number | boolean,
  say: (line: string) => void,
): Promise<string | number | boolean> {
  if (parameter !== 'encoder' || typeof value !== 'string') return value;
  const resolved = isEncoderPath(value) ? await encoderValue(encoderPath(value)) : value;
  await encoderPlace(resolved, say);
  return resolved;
}

/** One stays in memory: a search has one encoder, or one after the other. */
const kept = new LRUCache<string, FrozenEncoder>({ max: 1, dispose: (one) => one.dispose() });

function open(engine: Engine, folder: string, digest: string): FrozenEncoder {
  const known = kept.get(digest);
  if (known) return known;
  const one = openFrozen(engine, folder);
  kept.set(digest, one);
  return one;
}

/** Passes over texts; each fills its rows of the vectors. */
function* passes(
  one: FrozenEncoder,
  texts: readonly string[],
  { pooling, max_tokens }: Settings,
  vectors: Float32Array,
) {
  const { columns } = one;
  for (const batch of pieceExamples(tokeniseTexts(one.tokenizer, texts, max_tokens)).batches(BATCH)) {
    const pooled = one.vectors(batch, pooling);
    batch.source.forEach((row, r) => {
      vectors.set(pooled.subarray(r * columns, (r + 1) * columns), row * columns);
    });
    yield;
  }
}

function embedNow(one: FrozenEncoder, texts: readonly string[], settings: Settings): Float32Array {
  const vectors = new Float32Array(texts.length * one.columns);
  for (const _ of passes(one, texts, settings, vectors));
  return vectors;
}

/** The same, letting others have a turn after every pass. */
async function embed(
  one: FrozenEncoder,
  texts: readonly string[],
  settings: Settings,
  { signal }: FitContext,
): Promise<Float32Array> {
  const vectors = new Float32Array(texts.length * one.columns);
  for (const _ of passes(one, texts, settings, vectors)) {
    await nextTurn();
    signal?.throwIfAborted();
  }
  return vectors;
}

function pick(vectors: Float32Array, columns: number, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * columns);
  rows.forEach((row, k) => {
    picked.set(vectors.subarray(row * columns, (row + 1) * columns), k * columns);
  });
  return picked;
}

/** Vectors in batches. */
function vectorExamples(vectors: Float32Array, columns: number): Examples<VectorBatch> {
  const rows = vectors.length / columns;
  function* cut(order: Int32Array, size: number): Generator<VectorBatch> {
    for (let from = 0; from < rows; from += size) {
      const source = order.subarray(from, from + size);
      yield { rows: source.length, source, values: pick(vectors, columns, source) };
    }
  }
  const all = Int32Array.from({ length: rows }, (_, row) => row);
  return {
    rows,
    epoch: (size, random) => cut(shuffle(all.slice(), random), size),
    batches: (size) => cut(all, size),
  };
}
