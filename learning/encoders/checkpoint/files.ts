/** Small files of a checkpoint. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { unreadable } from '../../data/index.js';
import { CheckpointError } from '../errors.js';

/** What a checkpoint is made of. */
export const CHECKPOINT_FILES = ['config.json', 'model.safetensors', 'tokenizer.json'] as const;
export type CheckpointFile = (typeof CHECKPOINT_FILES)[number];

/** @throws CheckpointError when the file is missing, larger than `most` bytes, or not JSON. */
export function readJson(folder: string, name: string, most: number): unknown {
  const path = join(folder, name);
  let text: string;
  try {
    const { size } = statSync(path);
    if (size > most)
      throw new CheckpointError(`${path}: has ${size} bytes, more than the ${most} that are read`);
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof CheckpointError) throw error;
    throw new CheckpointError(`${path}: ${unreadable(error)}`);
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new CheckpointError(`${path}: is not JSON`);
  }
}
