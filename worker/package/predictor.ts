/** Predicts from raw text with a packaged model, on this project's engine. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import { type ZodType, z } from 'zod';
import type { EncodedTexts, Vocabulary } from '../data/types.js';
import { encodeTexts, FIRST_WORD } from '../data/vocabulary.js';
import { sortedBatches } from '../engine/batches.js';
import type { Engine } from '../engine/types.js';
import { mostProbable } from '../metrics/confusion.js';
import { labelsFile, modelFile, vocabularyFile, weightBytes } from './contents.js';

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
  'labels.json': 4 * MEBIBYTE,
  'vocabulary.json': 256 * MEBIBYTE,
  'tfjs/model.json': 64 * MEBIBYTE,
  weights: 2048 * MEBIBYTE,
};
const ROWS_AT_ONCE = 1024;
const BATCH = 256;

/**
 * Loads a model package. Its files are data from elsewhere: they are checked against schemas and size limits, and
 * nothing in them is run.
 *
 * @param engine @defaultValue the engine of this process
 * @throws Error that names the file and what is wrong with it
 */
export async function loadPredictor(dir: string, engine?: Engine): Promise<Predictor> {
  const { tf } = engine ?? (await engineOfProcess());
  const classes = await readChecked(dir, 'labels.json', labelsFile);
  const { words, max_tokens } = await readChecked(dir, 'vocabulary.json', vocabularyFile);
  const { modelTopology, weightsManifest } = await readChecked(dir, 'tfjs/model.json', modelFile);
  const weightSpecs = weightsManifest.flatMap((group) => group.weights);
  const weightData = await readWeights(
    dir,
    weightsManifest.flatMap((group) => group.paths),
    weightBytes(weightSpecs),
  );
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightSpecs.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
      weightData,
    }),
  );
  const vocabulary: Vocabulary = { words, maxTokens: max_tokens };
  const columns = classes.length === 2 ? 1 : classes.length;
  if (model.outputs.length !== 1 || model.outputs[0]!.shape.at(-1) !== columns) {
    model.dispose();
    throw new Error(`${dir}: the model's output does not fit the ${classes.length} classes of labels.json`);
  }
  const tooSmall = weightSpecs.find(
    ({ name, shape }) => name.endsWith('/embeddings') && shape[0]! < words.length + FIRST_WORD,
  );
  if (tooSmall) {
    model.dispose();
    throw new Error(`${dir}: ${tooSmall.name} has fewer rows than vocabulary.json has words`);
  }

  const probabilitiesOf = (encoded: EncodedTexts, rows: Int32Array): Float32Array => {
    const { ids, steps } = gather(encoded, rows);
    const output = tf.tidy(
      () =>
        (model.predict(tf.tensor2d(ids, [rows.length, steps], 'int32')) as Tensor).dataSync() as Float32Array,
    );
    if (columns > 1) return output;
    const both = new Float32Array(2 * rows.length);
    output.forEach((positive, row) => {
      both[2 * row] = 1 - positive;
      both[2 * row + 1] = positive;
    });
    return both;
  };

  const predictSome = (texts: readonly string[]): Prediction[] => {
    const encoded = encodeTexts(vocabulary, texts);
    const predictions = new Array<Prediction>(texts.length);
    for (const rows of sortedBatches(encoded.lengths, BATCH)) {
      const probabilities = probabilitiesOf(encoded, rows);
      rows.forEach((row, place) => {
        predictions[row] = {
          label: classes[mostProbable(probabilities, place, classes.length)]!,
          probabilities: Object.fromEntries(
            classes.map((name, index) => [name, probabilities[place * classes.length + index]!]),
          ),
        };
      });
    }
    return predictions;
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
    dispose: () => model.dispose(),
  };
}

/** Imported late: who brings an engine must not load the ways to find one. */
async function engineOfProcess(): Promise<Engine> {
  const { loadEngine } = await import('../engine/index.js');
  return loadEngine();
}

/** Some rows' ids, padded only to the longest of them. */
function gather(encoded: EncodedTexts, rows: Int32Array): { ids: Int32Array; steps: number } {
  const steps = rows.reduce((most, row) => Math.max(most, encoded.lengths[row]!), 1);
  const ids = new Int32Array(rows.length * steps);
  rows.forEach((row, place) => {
    const from = row * encoded.maxTokens;
    ids.set(encoded.ids.subarray(from, from + steps), place * steps);
  });
  return { ids, steps };
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
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw new Error(`${join(dir, name)}: not JSON`);
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
