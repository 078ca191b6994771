/** An encoder's weights in the order of its gradients, each with what an optimizer asks of it, and their copies in the engine. */
import type { Tensor } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import type { EncoderWeights, LayerWeights } from '../checkpoint/weights.js';
import type { LayerPairs } from './layer.js';

/** One weight array. */
export interface EncoderArray {
  /** For example `encoder/3/qkv/weight`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
  /** 0 for the embeddings, k + 1 for layer k: for learning rates that fall towards the input. */
  readonly depth: number;
  /** Whether weight decay is for it: neither for biases nor for normalisations. */
  readonly decays: boolean;
}

export const LAYER_PARTS = [
  'qkv',
  'attentionOutput',
  'attentionNorm',
  'intermediate',
  'output',
  'outputNorm',
] as const satisfies (keyof LayerWeights)[];

/** Of the embeddings: word, position, type, then the normalisation's two. */
export const EMBEDDING_ARRAYS = 5;

/** All arrays: the embeddings', then each layer's in the order of {@link LAYER_PARTS}. */
export function arraysOf({ embeddings, layers }: EncoderWeights, config: EncoderConfig): EncoderArray[] {
  const { hidden, intermediate, vocabulary, positions, tokenTypes } = config;
  const array = (name: string, shape: number[], values: Float32Array, depth: number, decays: boolean) => ({
    name: `encoder/${name}`,
    shape,
    values,
    depth,
    decays,
  });
  const matrices: Readonly<Record<string, [number, number]>> = {
    qkv: [3 * hidden, hidden],
    attentionOutput: [hidden, hidden],
    intermediate: [intermediate, hidden],
    output: [hidden, intermediate],
  };
  return [
    array('embeddings/word', [vocabulary, hidden], embeddings.word, 0, true),
    array('embeddings/position', [positions, hidden], embeddings.position, 0, true),
    array('embeddings/type', [tokenTypes, hidden], embeddings.type, 0, true),
    array('embeddings/norm/weight', [hidden], embeddings.norm.weight, 0, false),
    array('embeddings/norm/bias', [hidden], embeddings.norm.bias, 0, false),
    ...layers.flatMap((layer, k) =>
      LAYER_PARTS.flatMap((part) => {
        const { weight, bias } = layer[part];
        const matrix = matrices[part];
        return [
          array(`${k}/${part}/weight`, matrix ?? [hidden], weight, k + 1, matrix !== undefined),
          array(`${k}/${part}/bias`, [bias.length], bias, k + 1, false),
        ];
      }),
    ),
  ];
}

/** Copies of the arrays from `first` on; the tables of the embeddings, which no operation reads, have none. */
export interface EngineCopies {
  /** By array. */
  readonly tensors: Tensor[];
  /** Copies anew the arrays from `from` on, after an optimizer has changed them. */
  refresh(from: number): void;
  dispose(): void;
}

const TABLES = 3;

export function engineCopies({ tf }: Engine, arrays: readonly EncoderArray[]): EngineCopies {
  const tensors: Tensor[] = [];
  const refresh = (from: number): void => {
    for (let k = Math.max(from, TABLES); k < arrays.length; k++) {
      tensors[k]?.dispose();
      const { values, shape } = arrays[k]!;
      tensors[k] = tf.keep(tf.tensor(values, [...shape], 'float32'));
    }
  };
  refresh(0);
  return { tensors, refresh, dispose: () => tf.dispose(tensors) };
}

/** The pairs of layer k among the copies. */
export function layerPairs(tensors: readonly Tensor[], k: number): LayerPairs {
  const from = firstOfLayer(k);
  const pair = (part: number) => ({ weight: tensors[from + 2 * part]!, bias: tensors[from + 2 * part + 1]! });
  return {
    qkv: pair(0),
    attentionOutput: pair(1),
    attentionNorm: pair(2),
    intermediate: pair(3),
    output: pair(4),
    outputNorm: pair(5),
  };
}

/** Index of the first array of layer k. */
export const firstOfLayer = (k: number): number => EMBEDDING_ARRAYS + 2 * LAYER_PARTS.length * k;
