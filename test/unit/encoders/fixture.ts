/** The checkpoints that `test/fixtures/encoders/make.py` made, and what PyTorch and Python's tokenizers made of them. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { readEncoderWeights } from '../../../learning/encoders/checkpoint/weights.js';
import {
  type Checkpoint,
  type EncoderArray,
  openTensorFile,
  type PieceBatch,
  pieceBatch,
  readCheckpoint,
  tokeniseTexts,
} from '../../../learning/encoders/index.js';
import { arraysOf } from '../../../learning/encoders/network/weights.js';

const numbers = z.array(z.number());
const expectedSchema = z.object({
  pooling: z.enum(['mean', 'cls']),
  batches: z.array(z.object({ rows: z.array(numbers), mean: numbers, cls: numbers, upstream: numbers })),
  training: z.object({
    learningRate: z.number(),
    weightDecay: z.number(),
    maxNorm: z.number(),
    warmUpSteps: z.number(),
    steps: z.number(),
    order: numbers,
  }),
  /** Cut to 24 tokens. */
  tokens: z.array(numbers),
  whole: z.array(numbers),
});

export const FOLDER = join(import.meta.dirname, '../../fixtures/encoders');
export const NAMES = ['bert', 'roberta'] as const;
export type Name = (typeof NAMES)[number];

export const texts: string[] = z
  .array(z.string())
  .parse(JSON.parse(readFileSync(join(FOLDER, 'texts.json'), 'utf8')));

export const expectedOf = (name: Name) =>
  expectedSchema.parse(JSON.parse(readFileSync(join(FOLDER, name, 'expected.json'), 'utf8')));

export const checkpointOf = (name: Name): Checkpoint => readCheckpoint(join(FOLDER, name));

/** The checkpoint with dropout off, for what PyTorch computed in `eval()`. */
export const still = ({ config }: Checkpoint) => ({ ...config, hiddenDropout: 0, attentionDropout: 0 });

/** A batch of rows of ids, in their order. */
export function batchOf(rows: readonly number[][]): PieceBatch {
  const encode = (text: string) => rows[Number(text)]!;
  const texts = tokeniseTexts({ largestId: 0, specials: 0, encode }, [...rows.keys()].map(String), 512);
  return pieceBatch(texts, Int32Array.from(rows.keys()));
}

/** Arrays that make.py wrote under a checkpoint's names: gradients, or weights after steps. */
export function arraysIn(name: Name, file: string): EncoderArray[] {
  const { config } = checkpointOf(name);
  const tensors = openTensorFile(join(FOLDER, name, file));
  try {
    return arraysOf(readEncoderWeights(tensors, config, name === 'roberta' ? 'roberta.' : ''), config);
  } finally {
    tensors.close();
  }
}

/** The greatest difference of two arrays, in units of the greatest number there when that is above 1. */
export function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new Error(`${a.length} numbers beside ${b.length}`);
  let most = 0;
  let size = 1;
  for (let i = 0; i < a.length; i++) {
    const difference = Math.abs(a[i]! - b[i]!);
    if (!(difference <= most)) most = difference;
    size = Math.max(size, Math.abs(b[i]!));
  }
  return most / size;
}
