/** Texts as sentence vectors of a BERT or RoBERTa encoder, whose checkpoint stands in `encoder/` as Hugging Face has them. */
import { readFile } from 'node:fs/promises';
import { Tokenizer } from '@huggingface/tokenizers';

/** Far below every score. */
const MASKED = -3.4e38;
/** Texts of one pass. */
const BATCH = 32;

export async function load(tf, readJson, folder) {
  const [{ pooling, max_tokens }, config, tokenizerJson, bytes] = await Promise.all([
    readJson('sentences.json'),
    readJson('encoder/config.json'),
    readJson('encoder/tokenizer.json'),
    readFile(new URL('encoder/model.safetensors', folder)),
  ]);
  const weight = tensors(tf, bytes, config.model_type);
  const encode = encoderOf(tokenizerJson, max_tokens);
  const heads = config.num_attention_heads;
  const depth = config.hidden_size / heads;
  const first = config.model_type === 'roberta' ? (config.pad_token_id ?? 1) + 1 : 0;

  const linear = (x, name) =>
    tf.add(tf.matMul(x, weight(`${name}.weight`), false, true), weight(`${name}.bias`));
  const norm = (x, name) => {
    const centred = tf.sub(x, tf.mean(x, 1, true));
    const variance = tf.mean(tf.square(centred), 1, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, config.layer_norm_eps ?? 1e-12)));
    return tf.add(tf.mul(normal, weight(`${name}.weight`, 'gamma')), weight(`${name}.bias`, 'beta'));
  };
  const gelu = (x) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5));

  const layer = (x, name, rows, steps, padding) => {
    const split = (part) =>
      tf.transpose(
        tf.reshape(linear(x, `${name}.attention.self.${part}`), [rows, steps, heads, depth]),
        [0, 2, 1, 3],
      );
    const scores = tf.mul(tf.matMul(split('query'), split('key'), false, true), 1 / Math.sqrt(depth));
    const shares = tf.softmax(tf.add(scores, padding));
    const context = tf.reshape(tf.transpose(tf.matMul(shares, split('value')), [0, 2, 1, 3]), [
      rows * steps,
      heads * depth,
    ]);
    const attended = norm(
      tf.add(x, linear(context, `${name}.attention.output.dense`)),
      `${name}.attention.output.LayerNorm`,
    );
    const inner = gelu(linear(attended, `${name}.intermediate.dense`));
    return norm(tf.add(attended, linear(inner, `${name}.output.dense`)), `${name}.output.LayerNorm`);
  };

  /** `[rows, hidden]` */
  const vectors = (rows) =>
    tf.tidy(() => {
      const steps = Math.max(...rows.map((row) => row.length));
      const ids = rows.flatMap((row) => [...row, ...new Array(steps - row.length).fill(0)]);
      const present = tf.tensor2d(
        rows.map((row) => Array.from({ length: steps }, (_, step) => (step < row.length ? 1 : 0))),
      );
      const padding = tf.reshape(tf.mul(tf.sub(1, present), MASKED), [rows.length, 1, 1, steps]);
      const words = tf.gather(weight('embeddings.word_embeddings.weight'), tf.tensor1d(ids, 'int32'));
      const places = tf.slice(weight('embeddings.position_embeddings.weight'), [first, 0], [steps, -1]);
      const type = tf.slice(weight('embeddings.token_type_embeddings.weight'), [0, 0], [1, -1]);
      let x = tf.add(tf.add(words, tf.tile(places, [rows.length, 1])), type);
      x = norm(x, 'embeddings.LayerNorm');
      for (let number = 0; number < config.num_hidden_layers; number++)
        x = layer(x, `encoder.layer.${number}`, rows.length, steps, padding);
      const states = tf.reshape(x, [rows.length, steps, config.hidden_size]);
      if (pooling === 'cls')
        return tf.reshape(tf.slice(states, [0, 0, 0], [-1, 1, -1]), [rows.length, config.hidden_size]);
      const sums = tf.sum(tf.mul(states, tf.expandDims(present, 2)), 1);
      return tf.div(sums, tf.sum(present, 1, true));
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
