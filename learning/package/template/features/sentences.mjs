/** Texts as sentence vectors of a pretrained encoder, whose checkpoint stands in `encoder/` as Hugging Face has them. */
import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';

const NETWORKS = {
  bert: './encoders/bert.mjs',
  roberta: './encoders/bert.mjs',
  'universal-sentence-encoder-lite': './encoders/use-lite.mjs',
};
/** Texts of one pass. */
const BATCH = 32;

export async function load(tf, readJson, folder) {
  const [{ pooling, max_tokens }, config, tokenizerJson, bytes] = await Promise.all([
    readJson('sentences.json'),
    readJson('encoder/config.json'),
    readJson('encoder/tokenizer.json'),
    readFile(new URL('encoder/model.safetensors', folder)),
  ]);
  const { network } = await import(NETWORKS[config.model_type]);
  const states = network(tf, tensors(tf, bytes, config.model_type), config, pooling);
  const encode = encoderOf(tokenizerJson, max_tokens);

  /** `[rows, columns]` */
  const vectors = (rows) =>
    tf.tidy(() => {
      const steps = Math.max(1, ...rows.map((row) => row.length));
      const ids = rows.flatMap((row) => [...row, ...new Array(steps - row.length).fill(0)]);
      const present = tf.tensor2d(
        rows.map((row) => Array.from({ length: steps }, (_, step) => (step < row.length ? 1 : 0))),
      );
      return states(tf.tensor1d(ids, 'int32'), present);
    });

  return (texts) => {
    const rows = texts.map(encode);
    const parts = [];
    for (let from = 0; from < rows.length; from += BATCH) parts.push(vectors(rows.slice(from, from + BATCH)));
    return tf.concat(parts);
  };
}

/** Token ids of a text with the special tokens around them, cut to the longest that is read. */
function encoderOf(json, maxTokens) {
  const tokenizer = new Tokenizer({ ...json, decoder: null }, {});
  const lowers = json.normalizer?.lowercase === true;
  const bare = tokenizer.encode('a', { add_special_tokens: false }).ids;
  const framed = tokenizer.encode('a').ids;
  const before = framed.findIndex((_, at) => bare.every((id, k) => framed[at + k] === id));
  const after = framed.slice(before + bare.length);
  return (text) => {
    // Python's tokenizers know one small sigma.
    const { ids } = tokenizer.encode(lowers ? text.replaceAll('Σ', 'σ') : text);
    return ids.length <= maxTokens ? ids : [...ids.slice(0, maxTokens - after.length), ...after];
  };
}

/** The tensors of a `.safetensors` file by name, made when they are asked for. */
function tensors(tf, bytes, modelType) {
  const end = 8 + Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, end).toString());
  const prefix = `${modelType}.embeddings.word_embeddings.weight` in header ? `${modelType}.` : '';
  const made = new Map();
  return (wanted, old) => {
    const name = prefix + wanted;
    const known = made.get(name);
    if (known) return known;
    const { dtype, shape, data_offsets } = header[name] ?? header[name.replace(/\w+$/, old)];
    const data = bytes.subarray(end + data_offsets[0], end + data_offsets[1]);
    const tensor = tf.keep(tf.tensor(numbers(data, dtype), shape, 'float32'));
    made.set(name, tensor);
    return tensor;
  };
}

function numbers(data, dtype) {
  const own = Uint8Array.from(data).buffer;
  if (dtype === 'F32') return new Float32Array(own);
  const halves = new Uint16Array(own);
  if (dtype === 'BF16') return new Float32Array(Uint32Array.from(halves, (half) => half << 16).buffer);
  if (dtype !== 'F16') throw new Error(`numbers of type ${dtype} are not supported`);
  return Float32Array.from(halves, (half) => {
    const sign = half >> 15 ? -1 : 1;
    const exponent = (half >> 10) & 31;
    const fraction = (half & 1023) / 1024;
    if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
    return sign * (exponent === 0 ? fraction * 2 ** -14 : (1 + fraction) * 2 ** (exponent - 15));
  });
}
