/** Predicts from raw text with a packaged model, on this project's engine. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type ZodType, z } from 'zod';
import type { EncodedTexts, Vocabulary } from '../data/types.js';
import type { Engine } from '../engine/types.js';
import { encodeTexts, FIRST_WORD } from '../features/vocabulary.js';
import { mostProbable } from '../metrics/confusion.js';
import { probabilitiesOf } from '../models/probabilities.js';
import { labelsFile, modelFile, vocabularyFile, type WeightSpec, weightBytes } from './contents.js';
import { ownNetwork } from './own-network.js';
import { stockLayers } from './stock-layers.js';

export interface Prediction {
  /** The most probable class. */
  readonly label: string;
  /** Probability of each class, by its name. */
  readonly probabilities: Readonly<Record<string, number>>;
}

export interface Predictor {
  readonly classes: readonly string[];
  /** One prediction per text, in order. Blocks the thread while it computes. */
  predict(texts: readonly string[]): Prediction[];
  /** Frees the weights; no other call may follow. */
  dispose(): void;
}

/** Larger files are not this project's; reading them would take the memory of the process. */
const MEBIBYTE = 2 ** 20;
const MAX_BYTES = {
  MLmodel: MEBIBYTE,
  'labels.json': 4 * MEBIBYTE,
  'vocabulary.json': 256 * MEBIBYTE,
  'tfjs/model.json': 64 * MEBIBYTE,
  weights: 2048 * MEBIBYTE,
};
const ROWS_AT_ONCE = 1024;

/** What loading needs of `MLmodel`; others' may lack it. */
const mlmodelFile = z.looseObject({
  metadata: z
    .looseObject({ 'gridsearch.model': z.unknown(), 'gridsearch.parameters': z.unknown() })
    .optional(),
});

/** A loaded model, whichever way it computes. */
export interface Scorer {
  /** @returns `[rows × classes]`, rows in the texts' order */
  probabilities(texts: EncodedTexts): Float32Array;
  dispose(): void;
}

/**
 * Loads a model package. Its files are data from elsewhere: they are checked against schemas and size limits, and
 * nothing in them is run. A model of a known kind predicts with that kind's own network, any other with the
 * layers it is saved as.
 *
 * @param engine @defaultValue the engine of this process
 * @throws Error that names the file and what is wrong with it
 */
export async function loadPredictor(dir: string, engine?: Engine): Promise<Predictor> {
  const classes = await readChecked(dir, 'labels.json', labelsFile);
  const { words, max_tokens } = await readChecked(dir, 'vocabulary.json', vocabularyFile);
  const vocabulary: Vocabulary = { words, maxTokens: max_tokens };
  const scorer = await loadScorer(dir, engine ?? (await engineOfProcess()), classes.length, words.length);

  const predictSome = (texts: readonly string[]): Prediction[] => {
    const probabilities = scorer.probabilities(encodeTexts(vocabulary, texts));
    return texts.map((_, row) => ({
      label: classes[mostProbable(probabilities, row, classes.length)]!,
      probabilities: Object.fromEntries(
        classes.map((name, index) => [name, probabilities[row * classes.length + index]!]),
      ),
    }));
  };

  return {
    classes,
    predict(texts) {
      const predictions: Prediction[] = [];
      for (let from = 0; from < texts.length; from += ROWS_AT_ONCE) {
        predictions.push(...predictSome(texts.slice(from, from + ROWS_AT_ONCE)));
      }
      return predictions;
    },
    dispose: scorer.dispose,
  };
}

async function loadScorer(dir: string, engine: Engine, classes: number, words: number): Promise<Scorer> {
  const { modelTopology, weightsManifest } = await readChecked(dir, 'tfjs/model.json', modelFile);
  const specs = weightsManifest.flatMap((group) => group.weights);
  const paths = weightsManifest.flatMap((group) => group.paths);
  const data = await readWeights(dir, paths, weightBytes(specs));
  const tooSmall = specs.find(
    ({ name, shape }) => name.endsWith('/embeddings') && shape[0]! < words + FIRST_WORD,
  );
  if (tooSmall) throw new Error(`${dir}: ${tooSmall.name} has fewer rows than vocabulary.json has words`);

  const { metadata } = await readChecked(dir, 'MLmodel', mlmodelFile);
  const network = ownNetwork(engine, {
    kind: metadata?.['gridsearch.model'],
    parameters: metadata?.['gridsearch.parameters'],
    classes,
    weights: weightsIn(data, specs),
  });
  if (network) return { probabilities: (texts) => probabilitiesOf(network, texts, classes), dispose() {} };
  return stockLayers(engine, dir, classes, {
    modelTopology,
    weightSpecs: specs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
    weightData: data,
  });
}

/** Views of a weight file. */
function weightsIn(data: ArrayBuffer, specs: readonly WeightSpec[]) {
  let offset = 0;
  return specs.map((spec) => {
    const bytes = weightBytes([spec]);
    const values = new Float32Array(data, offset, bytes / Float32Array.BYTES_PER_ELEMENT);
    offset += bytes;
    return { name: spec.name, shape: spec.shape, values };
  });
}

/** Imported late: who brings an engine must not load the ways to find one. */
async function engineOfProcess(): Promise<Engine> {
  const { loadEngine } = await import('../engine/index.js');
  return loadEngine();
}

async function readLimited(dir: string, name: string, limit: number): Promise<Buffer> {
  const path = join(dir, name);
  const { size } = await stat(path).catch((error: NodeJS.ErrnoException) => {
    throw new Error(
      `${path}: ${error.code === 'ENOENT' ? 'no such file; is this a model package?' : error.message}`,
    );
  });
  if (size > limit) throw new Error(`${path}: ${size} bytes are over the limit of ${limit}`);
  return readFile(path);
}

async function readChecked<Schema extends ZodType>(
  dir: string,
  name: Exclude<keyof typeof MAX_BYTES, 'weights'>,
  schema: Schema,
): Promise<z.output<Schema>> {
  const bytes = await readLimited(dir, name, MAX_BYTES[name]);
  let value: unknown;
  try {
    // `MLmodel` is Python's YAML, which is 1.1.
    value = name === 'MLmodel' ? parse(bytes.toString(), { version: '1.1' }) : JSON.parse(bytes.toString());
  } catch {
    throw new Error(`${join(dir, name)}: not ${name === 'MLmodel' ? 'YAML' : 'JSON'}`);
  }
  const checked = schema.safeParse(value);
  if (checked.success) return checked.data;
  throw new Error(`${join(dir, name)}: ${z.prettifyError(checked.error).replaceAll('\n', ' ')}`);
}

async function readWeights(dir: string, paths: readonly string[], expected: number): Promise<ArrayBuffer> {
  if (expected > MAX_BYTES.weights)
    throw new Error(`${dir}: ${expected} bytes of weights are over the limit`);
  const whole = new Uint8Array(expected);
  let offset = 0;
  for (const path of paths) {
    const bytes = await readLimited(dir, join('tfjs', path), expected - offset);
    whole.set(bytes, offset);
    offset += bytes.byteLength;
  }
  if (offset !== expected) {
    throw new Error(
      `${join(dir, 'tfjs')}: weight files have ${offset} bytes where model.json says ${expected}`,
    );
  }
  return whole.buffer;
}
