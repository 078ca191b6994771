/** The rows that every peer trains on. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { encodeTexts, fitVocabulary, randomStream, shuffle } from './dist.mjs';

/** Full-length rows of 5,000 words, the class told by some words of two small lexicons: what a recurrent kernel costs without padding. */
export function fullRows(length, rows = 1024) {
  const random = randomStream(length, 'bench rows');
  const below = (limit) => Math.floor(random.uniform() * limit);
  const draw = (count) => {
    const labels = Array.from({ length: count }, (_, r) => r % 2);
    const ids = labels.map((label) => {
      const row = Array.from({ length }, () => 102 + below(4900));
      for (let k = 0; k < 4; k++) row[below(length)] = 2 + label * 50 + below(50);
      return row;
    });
    return { ids, lengths: ids.map(() => length), labels };
  };
  return { maxTokens: length, vocabularySize: 5002, train: draw(rows), validation: draw(256) };
}

/** The 3,000 UCI sentences, a fifth of them held out, the vocabulary fitted on the others. */
export function sentences(maxTokens) {
  const fixtures = join(
    dirname(createRequire(import.meta.url).resolve('sentiment/package.json')),
    'test/fixtures',
  );
  const all = ['amazon', 'imdb', 'yelp'].flatMap((name) =>
    JSON.parse(readFileSync(join(fixtures, `${name}.json`), 'utf8')).slice(0, -1),
  );
  shuffle(all, randomStream(1, 'bench sentences'));
  const cut = Math.round(all.length / 5);
  const [validation, train] = [all.slice(0, cut), all.slice(cut)];
  const vocabulary = fitVocabulary(
    train.map((row) => row.text),
    5000,
    maxTokens,
  );
  const encode = (rows) => {
    const { ids, lengths } = encodeTexts(
      vocabulary,
      rows.map((row) => row.text),
    );
    return {
      ids: rows.map((_, r) => [...ids.subarray(r * maxTokens, (r + 1) * maxTokens)]),
      lengths: [...lengths],
      labels: rows.map((row) => row.class),
    };
  };
  return {
    maxTokens,
    vocabularySize: vocabulary.words.length + 2,
    words: vocabulary.words,
    texts: train.map((row) => row.text),
    train: encode(train),
    validation: encode(validation),
  };
}

/** `count` rows to score, the sentences over and over. */
export function scoringRows(count, maxTokens) {
  const { train, texts, ...rest } = sentences(maxTokens);
  const repeat = (values) => Array.from({ length: count }, (_, r) => values[r % values.length]);
  return {
    ...rest,
    texts: repeat(texts),
    train: { ids: repeat(train.ids), lengths: repeat(train.lengths), labels: repeat(train.labels) },
  };
}
