/** Texts as numbers of words, padded to the longest. */
const UNKNOWN = 1;
const FIRST_WORD = 2;

/** Variation selectors: how a character is drawn. */
const SELECTORS = /[\ufe00-\ufe0f\u{e0100}-\u{e01ef}]/gu;

/** @param token - Pattern of a token, with the flags `gu`. */
export function tokenize(text, token) {
  const plain = text.normalize('NFKC').toLowerCase().replaceAll('\u2019', "'").replaceAll(SELECTORS, '');
  return plain.match(token) ?? [];
}

export async function load(tf, readJson) {
  const vocabulary = await readJson('vocabulary.json');
  const ids = new Map(vocabulary.words.map((word, index) => [word, index + FIRST_WORD]));
  const token = new RegExp(vocabulary.tokenizer.pattern, 'gu');
  const encode = (text) => {
    const words = tokenize(text, token).slice(0, vocabulary.max_tokens);
    return words.length > 0 ? words.map((word) => ids.get(word) ?? UNKNOWN) : [UNKNOWN];
  };
  return (texts) => {
    const rows = texts.map(encode);
    const longest = Math.max(...rows.map((row) => row.length));
    const padded = rows.map((row) => [...row, ...new Array(longest - row.length).fill(0)]);
    return tf.tensor2d(padded, [rows.length, longest], 'int32');
  };
}
