#!/usr/bin/env node
/**
 * Predicts with this model on Node, with stock TensorFlow.js and nothing else:
 *
 *     npm install && node predict.mjs "A text" "Another text"
 *
 * or `import { loadModel } from './predict.mjs'`. In a browser the same code works with `fetch` in place of `readFile`.
 */
import { readFile, realpath } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import * as tf from '@tensorflow/tfjs';
import { loadFeatures } from './features/index.mjs';

export { tokenize } from './features/tokens.mjs';

const HERE = new URL('./', import.meta.url);

const readJson = async (name) => JSON.parse(await readFile(new URL(name, HERE), 'utf8'));

export async function loadModel() {
  const [{ modelTopology, weightsManifest }, classes] = await Promise.all(
    ['tfjs/model.json', 'labels.json'].map(readJson),
  );
  const files = weightsManifest.flatMap((group) => group.paths);
  const parts = await Promise.all(files.map((path) => readFile(new URL(`tfjs/${path}`, HERE))));
  const model = await tf.loadLayersModel(
    tf.io.fromMemory({
      modelTopology,
      weightSpecs: weightsManifest.flatMap((group) => group.weights),
      weightData: new Uint8Array(Buffer.concat(parts)).buffer,
    }),
  );
  const encode = await loadFeatures(tf, HERE, readJson);

  return {
    classes,
    /** @returns {{label: string, probabilities: Record<string, number>}[]} one prediction per text */
    predict(texts) {
      if (texts.length === 0) return [];
      const output = tf.tidy(() => model.predict(encode(texts)).arraySync());
      return output.map((row) => {
        const probabilities = row.length === 1 ? [1 - row[0], row[0]] : row;
        return {
          label: classes[probabilities.indexOf(Math.max(...probabilities))],
          probabilities: Object.fromEntries(classes.map((name, index) => [name, probabilities[index]])),
        };
      });
    },
  };
}

if (process.argv[1] && (await realpath(process.argv[1])) === fileURLToPath(import.meta.url)) {
  const texts = process.argv.slice(2);
  const model = await loadModel();
  const example = await readJson('input_example.json');
  console.log(
    JSON.stringify(model.predict(texts.length > 0 ? texts : example.data.map(([text]) => text)), null, 2),
  );
}
