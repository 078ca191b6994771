/** What a model reads of a text; which one it is, is told by the file it stands in. */
import { existsSync } from 'node:fs';

const FEATURES = {
  'sentences.json': './sentences.mjs',
  'vocabulary.json': './tokens.mjs',
  'tfidf.json': './tfidf.mjs',
};

/** @returns {Promise<(texts: string[]) => import('@tensorflow/tfjs').Tensor>} */
export async function loadFeatures(tf, folder, readJson) {
  const file = Object.keys(FEATURES).find((name) => existsSync(new URL(name, folder)));
  if (file === undefined) throw new Error(`there is none of ${Object.keys(FEATURES).join(', ')}`);
  const { load } = await import(FEATURES[file]);
  const encode = await load(tf, readJson, folder);
  if (!existsSync(new URL('text.json', folder))) return encode;
  const { normalize } = await readJson('text.json');
  if (normalize !== 'tweets') throw new Error(`text.json: no normalization "${normalize}"`);
  return (texts) => encode(texts.map(tweet));
}

/** Mentions and addresses as TweetEval has them. */
const tweet = (text) =>
  text
    .split(' ')
    .map((word) =>
      word.startsWith('http') ? 'http' : word.length > 1 && word.startsWith('@') ? '@user' : word,
    )
    .join(' ');
