/** BERT and RoBERTa. */
import { partsOf } from './parts.mjs';

export function network(tf, weight, config, pooling) {
  const { linear, norm, attention, mean } = partsOf(tf, weight, config.layer_norm_eps ?? 1e-12);
  const first = config.model_type === 'roberta' ? (config.pad_token_id ?? 1) + 1 : 0;
  const gelu = (x) => tf.mul(x, tf.mul(tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1), 0.5));

  const layer = (x, name, present) => {
    const parts = ['query', 'key', 'value'].map((part) => linear(x, `${name}.attention.self.${part}`));
    const context = attention(parts, config.num_attention_heads, present);
    const attended = norm(
      tf.add(x, linear(context, `${name}.attention.output.dense`)),
      `${name}.attention.output.LayerNorm`,
    );
    const inner = gelu(linear(attended, `${name}.intermediate.dense`));
    return norm(tf.add(attended, linear(inner, `${name}.output.dense`)), `${name}.output.LayerNorm`);
  };

  return (ids, present) => {
    const [rows, steps] = present.shape;
    const words = tf.gather(weight('embeddings.word_embeddings.weight'), ids);
    const places = tf.slice(weight('embeddings.position_embeddings.weight'), [first, 0], [steps, -1]);
    const type = tf.slice(weight('embeddings.token_type_embeddings.weight'), [0, 0], [1, -1]);
    let x = tf.add(tf.add(words, tf.tile(places, [rows, 1])), type);
    x = norm(x, 'embeddings.LayerNorm');
    for (let number = 0; number < config.num_hidden_layers; number++)
      x = layer(x, `encoder.layer.${number}`, present);
    if (pooling !== 'cls') return mean(x, present);
    const states = tf.reshape(x, [rows, steps, config.hidden_size]);
    return tf.reshape(tf.slice(states, [0, 0, 0], [-1, 1, -1]), [rows, config.hidden_size]);
  };
}
