/** An encoder's weights as a `.safetensors` file under Hugging Face's names, without a prefix: what any reader of checkpoints takes. */
import type { EncoderConfig } from './config.js';
import type { EncoderWeights, LinearWeights } from './weights.js';

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export function encoderTensors(
  { embeddings, layers }: EncoderWeights,
  { vocabulary, positions, tokenTypes, hidden, intermediate }: EncoderConfig,
): Uint8Array {
  const tensors = new Map<string, NamedTensor>();
  const add = (name: string, values: Float32Array, ...shape: number[]) =>
    tensors.set(name, { shape, values });
  const linear = (name: string, { weight, bias }: LinearWeights, outputs: number, inputs: number): void => {
    add(`${name}.weight`, weight, outputs, inputs);
    add(`${name}.bias`, bias, outputs);
  };
  const norm = (name: string, { weight, bias }: LinearWeights): void => {
    add(`${name}.weight`, weight, hidden);
    add(`${name}.bias`, bias, hidden);
  };
  add('embeddings.word_embeddings.weight', embeddings.word, vocabulary, hidden);
  add('embeddings.position_embeddings.weight', embeddings.position, positions, hidden);
  add('embeddings.token_type_embeddings.weight', embeddings.type, tokenTypes, hidden);
  norm('embeddings.LayerNorm', embeddings.norm);
  layers.forEach((layer, k) => {
    const name = `encoder.layer.${k}`;
    ['query', 'key', 'value'].forEach((part, at) => {
      const rows = { from: at * hidden, to: (at + 1) * hidden };
      const own = {
        weight: layer.qkv.weight.subarray(rows.from * hidden, rows.to * hidden),
        bias: layer.qkv.bias.subarray(rows.from, rows.to),
      };
      linear(`${name}.attention.self.${part}`, own, hidden, hidden);
    });
    linear(`${name}.attention.output.dense`, layer.attentionOutput, hidden, hidden);
    norm(`${name}.attention.output.LayerNorm`, layer.attentionNorm);
    linear(`${name}.intermediate.dense`, layer.intermediate, intermediate, hidden);
    linear(`${name}.output.dense`, layer.output, hidden, intermediate);
    norm(`${name}.output.LayerNorm`, layer.outputNorm);
  });
  return tensorFileBytes(tensors);
}

/** The header's length, the header padded to eight bytes, the numbers without holes. */
export function tensorFileBytes(tensors: ReadonlyMap<string, NamedTensor>): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const [name, { shape, values }] of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const file = Buffer.alloc(8 + padded + end, ' ');
  file.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(file, 8);
  let at = 8 + padded;
  for (const { values } of tensors.values()) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}
