/**
 * An encoder's weights as plain arrays. Matrices lie as PyTorch's `Linear` has them, `[outputs, inputs]`: y = x Wᵀ + b. Query, key
 * and value are one matrix, since one product of three times the width is faster than three.
 */
import type { EncoderConfig } from './config.js';
import type { TensorFile } from './safetensors.js';

/** `[outputs, inputs]` and `[outputs]`. */
export interface LinearWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

/** Scale and shift of a layer normalisation, `[hidden]` each. */
export interface NormWeights {
  readonly weight: Float32Array;
  readonly bias: Float32Array;
}

export interface LayerWeights {
  /** Query's rows, then key's, then value's: `[3 × hidden, hidden]`. */
  readonly qkv: LinearWeights;
  readonly attentionOutput: LinearWeights;
  readonly attentionNorm: NormWeights;
  readonly intermediate: LinearWeights;
  readonly output: LinearWeights;
  readonly outputNorm: NormWeights;
}

export interface EmbeddingWeights {
  /** `[vocabulary, hidden]` */
  readonly word: Float32Array;
  /** `[positions, hidden]` */
  readonly position: Float32Array;
  /** `[token types, hidden]`; a text on its own is all of the first type. */
  readonly type: Float32Array;
  readonly norm: NormWeights;
}

export interface EncoderWeights {
  readonly embeddings: EmbeddingWeights;
  readonly layers: readonly LayerWeights[];
}

/**
 * @param prefix - Before every name: `bert.`, or nothing.
 * @throws CheckpointError when a tensor is missing or is not as `config` says.
 */
export function readEncoderWeights(file: TensorFile, config: EncoderConfig, prefix: string): EncoderWeights {
  const { hidden, intermediate } = config;
  const read = (name: string, ...shape: number[]) => file.read(prefix + name, shape);
  const linear = (name: string, outputs: number, inputs: number): LinearWeights => ({
    weight: read(`${name}.weight`, outputs, inputs),
    bias: read(`${name}.bias`, outputs),
  });
  const norm = (name: string): NormWeights => {
    // Checkpoints converted from TensorFlow long ago call them gamma and beta.
    const old = !file.has(`${prefix}${name}.weight`) && file.has(`${prefix}${name}.gamma`);
    return {
      weight: read(`${name}.${old ? 'gamma' : 'weight'}`, hidden),
      bias: read(`${name}.${old ? 'beta' : 'bias'}`, hidden),
    };
  };
  const together = (names: readonly string[]): LinearWeights => {
    const weight = new Float32Array(names.length * hidden * hidden);
    const bias = new Float32Array(names.length * hidden);
    names.forEach((name, k) => {
      const rows = weight.subarray(k * hidden * hidden, (k + 1) * hidden * hidden);
      file.read(`${prefix}${name}.weight`, [hidden, hidden], rows);
      file.read(`${prefix}${name}.bias`, [hidden], bias.subarray(k * hidden, (k + 1) * hidden));
    });
    return { weight, bias };
  };
  return {
    embeddings: {
      word: read('embeddings.word_embeddings.weight', config.vocabulary, hidden),
      position: read('embeddings.position_embeddings.weight', config.positions, hidden),
      type: read('embeddings.token_type_embeddings.weight', config.tokenTypes, hidden),
      norm: norm('embeddings.LayerNorm'),
    },
    layers: Array.from({ length: config.layers }, (_, k) => {
      const layer = `encoder.layer.${k}`;
      return {
        qkv: together(['query', 'key', 'value'].map((part) => `${layer}.attention.self.${part}`)),
        attentionOutput: linear(`${layer}.attention.output.dense`, hidden, hidden),
        attentionNorm: norm(`${layer}.attention.output.LayerNorm`),
        intermediate: linear(`${layer}.intermediate.dense`, intermediate, hidden),
        output: linear(`${layer}.output.dense`, hidden, intermediate),
        outputNorm: norm(`${layer}.output.LayerNorm`),
      };
    }),
  };
}
