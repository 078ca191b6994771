/** The lite Universal Sentence Encoder: normalised before each half of a layer, sines for positions, vectors of length 1. */
import { partsOf } from './parts.mjs';

export function network(tf, weight, config) {
  const { linear, norm, attention, mean } = partsOf(tf, weight, config.layer_norm_eps);

  const layer = (x, name, present, widens) => {
    const parts = tf.split(linear(norm(x, `${name}.attention_norm`), `${name}.qkv`), 3, 1);
    const context = attention(parts, config.num_attention_heads, present);
    const below = widens ? linear(x, `${name}.residual`) : x;
    const half = tf.add(linear(context, `${name}.attention_output`), below);
    const inner = tf.relu(linear(norm(half, `${name}.output_norm`), `${name}.intermediate`));
    return tf.add(linear(inner, `${name}.output`), half);
  };

  return (ids, present) => {
    const [rows, steps] = present.shape;
    const angles = tf.outerProduct(tf.range(0, steps), weight('positions.frequencies'));
    const places = tf.concat([tf.sin(angles), tf.cos(angles)], 1);
    let x = tf.add(tf.mul(tf.gather(weight('embeddings.weight'), ids), 2), tf.tile(places, [rows, 1]));
    for (let number = 0; number < config.num_hidden_layers; number++)
      x = layer(x, `layer.${number}`, present, number === 0 && config.embedding_size !== config.hidden_size);
    const bent = tf.tanh(linear(mean(x, present), 'projection'));
    return tf.div(bent, tf.sqrt(tf.maximum(tf.sum(tf.square(bent), 1, true), 1e-12)));
  };
}
