/** A packaged model as the TensorFlow.js layers it is saved as: slow, but needs to know nothing about it. */
import type { io, Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../engine/index.js';
import type { Examples, Features } from '../features/index.js';
import { outputs } from '../models/index.js';

const BATCH = 256;

/** A loaded model, whichever way it computes. */
export interface Scorer {
  /** @returns `[rows × classes]`, rows in the examples' order */
  probabilities(examples: Examples): Float32Array;
  dispose(): void;
}

/**
 * Loads the layers (https://js.tensorflow.org/api/latest/#loadLayersModel).
 *
 * @param dir - For messages.
 * @throws Error when TensorFlow.js can't load them, or their output does not fit the classes.
 */
export async function stockLayers(
  engine: Engine,
  dir: string,
  classes: number,
  features: Features,
  artifacts: io.ModelArtifacts,
): Promise<Scorer> {
  const { tf } = engine;
  const model = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
  const columns = outputs(classes);
  if (model.outputs.length !== 1 || model.outputs[0]!.shape.at(-1) !== columns) {
    model.dispose();
    throw new Error(`${dir}: the model's output does not fit the ${classes} classes of labels.json`);
  }
  return {
    probabilities(examples) {
      const all = new Float32Array(examples.rows * classes);
      for (const batch of examples.batches(BATCH)) {
        const output = tf.tidy(() =>
          (model.predict(features.toTensor(engine, batch)) as Tensor).dataSync<'float32'>(),
        );
        batch.source.forEach((row, place) => {
          if (columns === 1) all.set([1 - output[place]!, output[place]!], row * classes);
          else all.set(output.subarray(place * classes, (place + 1) * classes), row * classes);
        });
      }
      return all;
    },
    dispose: () => model.dispose(),
  };
}
