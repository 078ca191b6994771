/** Opens a Hugging Face checkpoint folder: `config.json`, `model.safetensors`, `tokenizer.json`. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { quoted } from '../../data/index.js';
import { entryOf } from '../../table.js';
import { architectures } from '../architectures/table.js';
import { CheckpointError } from '../errors.js';
import { type TextTokenizer, textTokenizer } from '../tokens/tokenizer.js';
import { type EncoderConfig, encoderFields } from './config.js';
import { readJson } from './files.js';
import { openTensorFile, type TensorFile } from './safetensors.js';
import { type EncoderWeights, readEncoderWeights } from './weights.js';

/** Most bytes of `config.json`. */
const CONFIG_BYTES = 4_000_000;
const TOKENIZER_BYTES = 64_000_000;

/** A checkpoint, whole in memory. */
export interface Checkpoint {
  readonly folder: string;
  readonly config: EncoderConfig;
  readonly weights: EncoderWeights;
  readonly tokenizer: TextTokenizer;
}

/** What of a checkpoint can be told without its weights: cheap, for checks before anything is queued. */
export interface CheckpointFacts {
  readonly folder: string;
  readonly config: EncoderConfig;
  /** Before the names of the encoder's weights when the checkpoint has a head. */
  readonly prefix: string;
}

const KNOWN = Object.keys(architectures).join(' and ');

/** @throws CheckpointError when the configuration is missing or does not say. */
export function modelTypeOf(folder: string): string {
  const head = z.object({ model_type: z.string() }).safeParse(readJson(folder, 'config.json', CONFIG_BYTES));
  if (head.success) return head.data.model_type;
  throw new CheckpointError(`${join(folder, 'config.json')}: has no "model_type"; supported are ${KNOWN}`);
}

/** @throws CheckpointError that names the first field that is not as the schema has it. */
export function readConfig<Schema extends z.ZodType>(folder: string, schema: Schema): z.output<Schema> {
  const json = readJson(folder, 'config.json', CONFIG_BYTES);
  const fields = schema.safeParse(json);
  if (fields.success) return fields.data;
  const { path: at, message } = fields.error.issues[0]!;
  throw new CheckpointError(
    `${join(folder, 'config.json')}: ${at.join('.')} is ${quoted(valueAt(json, at))}: ${message}`,
  );
}

/** @throws CheckpointError when the configuration is missing, not sound or not supported; the message says what is. */
export function readCheckpointFacts(folder: string): CheckpointFacts {
  const path = join(folder, 'config.json');
  const modelType = modelTypeOf(folder);
  if (!Object.hasOwn(architectures, modelType)) {
    throw new CheckpointError(`${path}: model_type is ${quoted(modelType)}; supported are ${KNOWN}`);
  }
  const architecture = entryOf(architectures, 'architecture', modelType);
  const config = architecture.configure(readConfig(folder, encoderFields));
  if (config.hidden % config.heads !== 0) {
    throw new CheckpointError(
      `${path}: hidden_size ${config.hidden} can't be divided among num_attention_heads ${config.heads}`,
    );
  }
  if (config.firstPosition >= config.positions) {
    throw new CheckpointError(
      `${path}: max_position_embeddings ${config.positions} leaves no position for a token`,
    );
  }
  return { folder, config, prefix: architecture.prefix };
}

/** @throws CheckpointError when any of the three files is missing, not sound, or doesn't fit the others. */
export function readCheckpoint(folder: string): Checkpoint {
  const { config, prefix } = readCheckpointFacts(folder);
  const tokenizer = readTokenizer(folder, config.vocabulary);
  const file = openWeights(folder);
  try {
    const own = file.has(`${prefix}embeddings.word_embeddings.weight`) ? prefix : '';
    return { folder, config, weights: readEncoderWeights(file, config, own), tokenizer };
  } finally {
    file.close();
  }
}

/**
 * The checkpoint's weights file, for the heads of classification checkpoints; close it.
 *
 * @throws CheckpointError when there is none or it is not sound.
 */
export function openWeights(folder: string): TensorFile {
  const path = join(folder, 'model.safetensors');
  if (!existsSync(path)) {
    if (existsSync(`${path}.index.json`)) {
      throw new CheckpointError(
        `${path}: no such file, but an index of several; checkpoints in one model.safetensors are supported`,
      );
    }
    if (existsSync(join(folder, 'pytorch_model.bin'))) {
      throw new CheckpointError(
        `${path}: no such file, but a pytorch_model.bin, which is not read since it can run code; save it as safetensors`,
      );
    }
  }
  return openTensorFile(path);
}

/** @throws CheckpointError when `tokenizer.json` is missing, not supported, or has ids beyond the encoder's vocabulary. */
export function readTokenizer(folder: string, vocabulary: number): TextTokenizer {
  const path = join(folder, 'tokenizer.json');
  const json = readJson(folder, 'tokenizer.json', TOKENIZER_BYTES);
  const tokenizer = textTokenizer(json, (what) => new CheckpointError(`${path}: ${what}`));
  if (tokenizer.largestId >= vocabulary) {
    throw new CheckpointError(
      `${path}: has token id ${tokenizer.largestId}, where vocab_size in config.json is ${vocabulary}`,
    );
  }
  return tokenizer;
}

function valueAt(json: unknown, path: readonly PropertyKey[]): unknown {
  let value = json;
  for (const key of path) {
    value = typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
  }
  return value === undefined ? 'absent' : value;
}
