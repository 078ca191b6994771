/** A packaged model as the TensorFlow.js layers it is saved as: slow, but needs to know nothing about it. */
import type { io, Tensor } from '@tensorflow/tfjs';
import type { EncodedTexts } from '../data/types.js';
import { sortedBatches } from '../engine/batches.js';
import type { Engine } from '../engine/types.js';
import { outputs } from '../models/types.js';
import type { Scorer } from './predictor.js';

const BATCH = 256;

/**
 * Loads the layers (https://js.tensorflow.org/api/latest/#loadLayersModel).
 *
 * @param dir - For messages.
 * @throws Error when TensorFlow.js can't load them, or their output does not fit the classes.
 */
export async function stockLayers(
  { tf }: Engine,
  dir: string,
  classes: number,
  artifacts: io.ModelArtifacts,
): Promise<Scorer> {
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const columns = outputs(classes);
  if (model.outputs.length !== 1 || model.outputs[0]!.shape.at(-1) !== columns) {
    model.dispose();
    throw new Error(`${dir}: the model's output does not fit the ${classes} classes of labels.json`);
  }
  const outputOf = (texts: EncodedTexts, rows: Int32Array): Float32Array => {
    const { ids, steps } = gather(texts, rows);
    return tf.tidy(() =>
      (model.predict(tf.tensor2d(ids, [rows.length, steps], 'int32')) as Tensor).dataSync<'float32'>(),
    );
  };
  return {
    probabilities(texts) {
      const all = new Float32Array(texts.rows * classes);
      for (const rows of sortedBatches(texts.lengths, BATCH)) {
        const output = outputOf(texts, rows);
        rows.forEach((row, place) => {
          if (columns === 1) all.set([1 - output[place]!, output[place]!], row * classes);
          else all.set(output.subarray(place * classes, (place + 1) * classes), row * classes);
        });
      }
      return all;
    },
    dispose: () => model.dispose(),
  };
}

/** Some rows' ids, padded only to the longest of them. */
function gather(texts: EncodedTexts, rows: Int32Array): { ids: Int32Array; steps: number } {
  const steps = rows.reduce((most, row) => Math.max(most, texts.lengths[row]!), 1);
  const ids = new Int32Array(rows.length * steps);
  rows.forEach((row, place) => {
    const from = row * texts.maxTokens;
    ids.set(texts.ids.subarray(from, from + steps), place * steps);
  });
  return { ids, steps };
}
