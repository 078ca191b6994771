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

const HERE = new URL('./', import.meta.url);
const UNKNOWN = 1;
const FIRST_WORD = 2;

const readJson = async (name) => JSON.parse(await readFile(new URL(name, HERE), 'utf8'));

/** Variation selectors: how a character is drawn. */
const SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** @param token - Pattern of a token, with the flags `gu`. */
export function tokenize(text, token) {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('\u2019', "'").replaceAll(SELECTORS, '');
  return plain.match(token) ?? [];
}

export async function loadModel() {
  const [{ modelTopology, weightsManifest }, vocabulary, classes] = await Promise.all(
    ['tfjs/model.json', 'vocabulary.json', 'labels.json'].map(readJson),
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
  const ids = new Map(vocabulary.words.map((word, index) => [word, index + FIRST_WORD]));
  const token = new RegExp(vocabulary.tokenizer.pattern, 'gu');
  const encode = (text) => {
    const words = tokenize(text, token).slice(0, vocabulary.max_tokens);
    return words.length > 0 ? words.map((word) => ids.get(word) ?? UNKNOWN) : [UNKNOWN];
  };

  return {
    classes,
    /** @returns {{label: string, probabilities: Record<string, number>}[]} one prediction per text */
    predict(texts) {
      if (texts.length === 0) return [];
      const rows = texts.map(encode);
      const longest = Math.max(...rows.map((row) => row.length));
      const padded = rows.map((row) => [...row, ...new Array(longest - row.length).fill(0)]);
      const output = tf.tidy(() =>
        model.predict(tf.tensor2d(padded, [rows.length, longest], 'int32')).arraySync(),
      );
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
