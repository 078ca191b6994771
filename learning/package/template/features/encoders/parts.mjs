/** What the encoders have in common, over `[tokens, width]`; `weight(name)` gives a tensor of the checkpoint. */

/** Far below every score. */
const MASKED = -3.4e38;

export function partsOf(tf, weight, epsilon) {
  const linear = (x, name) =>
    tf.add(tf.matMul(x, weight(`${name}.weight`), false, true), weight(`${name}.bias`));
  const norm = (x, name) => {
    const centred = tf.sub(x, tf.mean(x, 1, true));
    const variance = tf.mean(tf.square(centred), 1, true);
    const normal = tf.mul(centred, tf.rsqrt(tf.add(variance, epsilon)));
    return tf.add(tf.mul(normal, weight(`${name}.weight`, 'gamma')), weight(`${name}.bias`, 'beta'));
  };
  /** Query, key and value of width heads × depth; `present` is `[rows, steps]`, 1 for a token and 0 for padding. */
  const attention = ([query, key, value], heads, present) => {
    const [rows, steps] = present.shape;
    const width = query.shape[1];
    const depth = width / heads;
    const split = (x) => tf.transpose(tf.reshape(x, [rows, steps, heads, depth]), [0, 2, 1, 3]);
    const padding = tf.reshape(tf.mul(tf.sub(1, present), MASKED), [rows, 1, 1, steps]);
    const scores = tf.mul(tf.matMul(split(query), split(key), false, true), 1 / Math.sqrt(depth));
    const shares = tf.softmax(tf.add(scores, padding));
    return tf.reshape(tf.transpose(tf.matMul(shares, split(value)), [0, 2, 1, 3]), [rows * steps, width]);
  };
  /** `[rows, width]`; a text may have no token. */
  const mean = (x, present) => {
    const [rows, steps] = present.shape;
    const sums = tf.sum(tf.mul(tf.reshape(x, [rows, steps, -1]), tf.expandDims(present, 2)), 1);
    return tf.div(sums, tf.maximum(tf.sum(present, 1, true), 1));
  };
  return { linear, norm, attention, mean };
}
