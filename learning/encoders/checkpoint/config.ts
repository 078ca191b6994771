/** What `config.json` of a checkpoint says of its encoder, as far as it is used here. */
import { z } from 'zod';

const size = (most: number) => z.number().int().min(1).max(most);
const rate = z.number().min(0).max(0.95);

/** BERT's names and defaults, which RoBERTa shares. Bounds are generous: what a hostile file may make us allocate. */
export const encoderFields = z.object({
  vocab_size: size(2_000_000),
  hidden_size: size(8192),
  num_hidden_layers: size(128),
  num_attention_heads: size(256),
  intermediate_size: size(65_536),
  max_position_embeddings: size(65_536),
  type_vocab_size: size(64).default(2),
  layer_norm_eps: z.number().positive().max(0.1).default(1e-12),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  pad_token_id: z.number().int().min(0).max(2_000_000).nullish(),
  hidden_act: z.literal('gelu', { error: 'only "gelu" (exact) is supported' }).default('gelu'),
  position_embedding_type: z
    .literal('absolute', { error: 'only "absolute" positions are supported' })
    .default('absolute'),
  is_decoder: z.literal(false, { error: 'only encoders are supported' }).default(false),
  id2label: z.record(z.string(), z.string()).optional(),
});

export type EncoderFields = z.infer<typeof encoderFields>;

/** An encoder's sizes, whichever the architecture. */
export interface EncoderConfig {
  readonly architecture: string;
  readonly vocabulary: number;
  readonly hidden: number;
  readonly layers: number;
  readonly heads: number;
  readonly intermediate: number;
  /** Rows of the position table. */
  readonly positions: number;
  /** Row of the position table that the first token reads. */
  readonly firstPosition: number;
  readonly tokenTypes: number;
  readonly layerNormEpsilon: number;
  readonly hiddenDropout: number;
  readonly attentionDropout: number;
  /** A classification checkpoint's labels, in the order of its classes. */
  readonly labels?: readonly string[];
}

/** Most tokens of a text, special ones included. */
export const longestText = ({ positions, firstPosition }: EncoderConfig): number => positions - firstPosition;

/** @param firstPosition - What the architecture makes of it. */
export function configOf(architecture: string, fields: EncoderFields, firstPosition: number): EncoderConfig {
  return {
    architecture,
    vocabulary: fields.vocab_size,
    hidden: fields.hidden_size,
    layers: fields.num_hidden_layers,
    heads: fields.num_attention_heads,
    intermediate: fields.intermediate_size,
    positions: fields.max_position_embeddings,
    firstPosition,
    tokenTypes: fields.type_vocab_size,
    layerNormEpsilon: fields.layer_norm_eps,
    hiddenDropout: fields.hidden_dropout_prob,
    attentionDropout: fields.attention_probs_dropout_prob,
    ...labelsOf(fields),
  };
}

function labelsOf({ id2label }: EncoderFields): { labels?: string[] } {
  if (!id2label) return {};
  const labels = Object.keys(id2label).map((_, k) => id2label[String(k)]);
  return labels.every((label) => label !== undefined) ? { labels } : {};
}
