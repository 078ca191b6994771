/**
 * The network of the lite Universal Sentence Encoder (Cer et al., 2018, https://arxiv.org/abs/1803.11175): a Transformer that
 * normalises before each half of a layer, with sines for positions, and whose first layer widens. A text's vector is the mean of
 * its tokens', through one more product and tanh, of length 1.
 */
import { join } from 'node:path';
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import { z } from 'zod';
import type { Engine } from '../../engine/index.js';
import { openWeights, readConfig, readTokenizer } from '../checkpoint/folder.js';
import type { TensorFile } from '../checkpoint/safetensors.js';
import { CheckpointError } from '../errors.js';
import { attention } from '../network/attention.js';
import { paddedLayout } from '../network/layout.js';
import { layerNorm, linear, type Pair, tape } from '../network/operations.js';
import { poolings } from '../network/pooling.js';
import { paddingOf } from '../network/tensor-stack.js';
import type { PieceBatch } from '../tokens/batches.js';
import type { FrozenForm } from './frozen.js';

/** `model_type` of its checkpoints. */
export const USE_LITE = 'universal-sentence-encoder-lite';

const size = (most: number) => z.number().int().min(1).max(most);
const configFile = z.object({
  vocab_size: size(2_000_000),
  embedding_size: size(8192),
  hidden_size: size(8192),
  num_hidden_layers: size(128),
  num_attention_heads: size(256),
  intermediate_size: size(65_536),
  max_position_embeddings: size(65_536),
  layer_norm_eps: z.number().positive().max(0.1),
});
type Config = z.infer<typeof configFile>;

function configOf(folder: string): Config {
  const config = readConfig(folder, configFile);
  const { embedding_size, hidden_size, num_attention_heads: heads } = config;
  for (const [name, width] of Object.entries({ embedding_size, hidden_size })) {
    if (width % heads !== 0 || width % 2 !== 0)
      throw new CheckpointError(
        `${join(folder, 'config.json')}: ${name} ${width} can't be divided among num_attention_heads ${heads}, or is odd`,
      );
  }
  return config;
}

interface Layer {
  /** Tokens' width on the way in. */
  readonly width: number;
  readonly attentionNorm: Pair;
  readonly qkv: Pair;
  readonly attentionOutput: Pair;
  /** Where the layer's width is another than what goes in. */
  readonly residual?: Pair;
  readonly outputNorm: Pair;
  readonly intermediate: Pair;
  readonly output: Pair;
}

interface Weights {
  /** `[vocabulary, embedding]` and `[embedding / 2]`. */
  readonly words: Float32Array;
  readonly frequencies: Float32Array;
  readonly layers: readonly Layer[];
  readonly projection: Pair;
  /** All that the engine holds. */
  readonly tensors: Tensor[];
}

function readWeights({ tf }: Engine, file: TensorFile, config: Config): Weights {
  const { embedding_size: embedding, hidden_size: hidden, intermediate_size: intermediate } = config;
  const tensors: Tensor[] = [];
  const tensor = (name: string, ...shape: number[]): Tensor => {
    const kept = tf.keep(tf.tensor(file.read(name, shape), shape, 'float32'));
    tensors.push(kept);
    return kept;
  };
  const product = (name: string, outputs: number, inputs: number): Pair => ({
    weight: tensor(`${name}.weight`, outputs, inputs),
    bias: tensor(`${name}.bias`, outputs),
  });
  const norm = (name: string, width: number): Pair => ({
    weight: tensor(`${name}.weight`, width),
    bias: tensor(`${name}.bias`, width),
  });
  const layers = Array.from({ length: config.num_hidden_layers }, (_, k): Layer => {
    const name = `layer.${k}`;
    const width = k === 0 ? embedding : hidden;
    return {
      width,
      attentionNorm: norm(`${name}.attention_norm`, width),
      qkv: product(`${name}.qkv`, 3 * width, width),
      attentionOutput: product(`${name}.attention_output`, hidden, width),
      ...(width !== hidden && { residual: product(`${name}.residual`, hidden, width) }),
      outputNorm: norm(`${name}.output_norm`, hidden),
      intermediate: product(`${name}.intermediate`, intermediate, hidden),
      output: product(`${name}.output`, hidden, intermediate),
    };
  });
  return {
    words: file.read('embeddings.weight', [config.vocab_size, embedding]),
    frequencies: file.read('positions.frequencies', [embedding / 2]),
    layers,
    projection: product('projection', hidden, hidden),
    tensors,
  };
}

export const useLite: FrozenForm = {
  facts(folder) {
    const { hidden_size, max_position_embeddings } = configOf(folder);
    return { columns: hidden_size, longest: max_position_embeddings };
  },

  open(engine, folder) {
    const { tf } = engine;
    const config = configOf(folder);
    const tokenizer = readTokenizer(folder, config.vocab_size);
    const file = openWeights(folder);
    let weights: Weights;
    try {
      weights = readWeights(engine, file, config);
    } finally {
      file.close();
    }
    const { words, frequencies, layers, projection, tensors } = weights;
    const nothing = tape(tf, false);
    const norm = (x: Tensor2D, pair: Pair) => layerNorm(engine, nothing, x, pair, config.layer_norm_eps).y;
    const product = (x: Tensor2D, pair: Pair) => linear(engine, nothing, x, pair).y;

    function layer(x: Tensor2D, own: Layer, { rows, steps }: PieceBatch, padding?: Tensor4D): Tensor2D {
      const heads = config.num_attention_heads;
      const shape = { rows, steps, heads, depth: own.width / heads };
      const projected = product(norm(x, own.attentionNorm), own.qkv);
      const attended = attention(engine, nothing, projected, shape, padding, () => undefined, 0).y;
      const below = own.residual ? product(x, own.residual) : x;
      const half = tf.add<Tensor2D>(product(attended, own.attentionOutput), below);
      const widened = tf.relu(product(norm(half, own.outputNorm), own.intermediate));
      return tf.add<Tensor2D>(product(widened, own.output), half);
    }

    return {
      columns: config.hidden_size,
      tokenizer,
      vectors(batch) {
        const result = tf.tidy(() => {
          const padding = paddingOf(engine, batch);
          const sums = addPositions(words, frequencies, batch);
          let x: Tensor2D = tf.tensor2d(sums, [batch.rows * batch.steps, config.embedding_size]);
          for (const own of layers) x = layer(x, own, batch, padding);
          const means = poolings.mean.pool(x.dataSync<'float32'>(), paddedLayout(batch), config.hidden_size);
          const bent = tf.tanh(product(tf.tensor2d(means, [batch.rows, config.hidden_size]), projection));
          const length = tf.sqrt(tf.maximum(tf.sum(tf.square(bent), 1, true), LEAST_SQUARE));
          return tf.div<Tensor2D>(bent, length);
        });
        const vectors = result.dataSync<'float32'>();
        result.dispose();
        return vectors;
      },
      dispose: () => tf.dispose(tensors),
    };
  },
};

/** As TensorFlow's `l2_normalize` has it, against a division by 0. */
const LEAST_SQUARE = 1e-12;

/**
 * Twice each token's vector, as the published graph has it, and the sines, then cosines, of its place (Vaswani et al., 2017, 3.5).
 *
 * @returns `[rows × steps, embedding]`
 */
function addPositions(
  words: Float32Array,
  frequencies: Float32Array,
  { ids, lengths, rows, steps }: PieceBatch,
): Float32Array {
  const half = frequencies.length;
  const width = 2 * half;
  const waves = Float32Array.from({ length: steps * width }, (_, k) => {
    const [step, column] = [Math.floor(k / width), k % width];
    return column < half
      ? Math.sin(step * frequencies[column]!)
      : Math.cos(step * frequencies[column - half]!);
  });
  const sums = new Float32Array(rows * steps * width);
  for (let r = 0; r < rows; r++) {
    for (let t = 0; t < lengths[r]!; t++) {
      const to = (r * steps + t) * width;
      const word = ids[r * steps + t]! * width;
      for (let k = 0; k < width; k++) sums[to + k] = 2 * words[word + k]! + waves[t * width + k]!;
    }
  }
  return sums;
}
