/** Texts as TF-IDF weights of their terms, as scikit-learn's TfidfVectorizer has them. */
import { tokenize } from './tokens.mjs';

export async function load(tf, readJson) {
  const { ngram_max, sublinear_tf, tokenizer, terms, idf } = await readJson('tfidf.json');
  const columns = new Map(terms.map((term, index) => [term, index]));
  const token = new RegExp(tokenizer.pattern, 'gu');
  const encode = (text, row) => {
    const words = tokenize(text, token);
    const counts = new Map();
    for (let length = 1; length <= ngram_max; length++) {
      for (let from = 0; from + length <= words.length; from++) {
        const column = columns.get(words.slice(from, from + length).join(' '));
        if (column !== undefined) counts.set(column, (counts.get(column) ?? 0) + 1);
      }
    }
    let squares = 0;
    for (const [column, count] of counts) {
      row[column] = (sublinear_tf ? 1 + Math.log(count) : count) * idf[column];
      squares += row[column] ** 2;
    }
    for (const column of counts.keys()) row[column] /= Math.sqrt(squares);
  };
  return (texts) => {
    const rows = new Float64Array(texts.length * terms.length);
    texts.forEach((text, row) => {
      encode(text, rows.subarray(row * terms.length, (row + 1) * terms.length));
    });
    return tf.tensor2d(Float32Array.from(rows), [texts.length, terms.length]);
  };
}
