/**
 * Reads `.safetensors` files (https://huggingface.co/docs/safetensors): eight bytes with the header's length, a JSON header that
 * tells each tensor's type, shape and place, then the numbers, little-endian, without holes. The header is read once and each
 * tensor when it is asked for, straight into its array.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { z } from 'zod';
import { quoted, unreadable } from '../../data/index.js';
import { CheckpointError } from '../errors.js';
import { widenBfloat16, widenFloat16 } from './half-floats.js';

/** The bound of the format's own reader. */
const MAX_HEADER_BYTES = 100_000_000;

const BYTES = { F32: 4, F16: 2, BF16: 2 } as const;
type ReadableType = keyof typeof BYTES;

const natural = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(natural).max(8),
  data_offsets: z.tuple([natural, natural]),
});
type Entry = z.infer<typeof entrySchema>;

/** An open file of tensors. */
export interface TensorFile {
  readonly path: string;
  readonly names: readonly string[];
  has(name: string): boolean;
  /** Its shape; undefined when the file has no such tensor. */
  shapeOf(name: string): readonly number[] | undefined;
  /**
   * Reads one tensor as 32-bit floats.
   *
   * @param shape - What it must have.
   * @param into - Where to put the numbers, of the shape's size.
   * @throws CheckpointError when it is missing, has another shape or type, or holds infinities or NaN.
   */
  read(name: string, shape: readonly number[], into?: Float32Array): Float32Array;
  close(): void;
}

/** @throws CheckpointError when the file can't be read or its header is not sound. */
export function openTensorFile(path: string): TensorFile {
  const fail = (what: string): never => {
    throw new CheckpointError(`${path}: ${what}`);
  };
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    return fail(unreadable(error));
  }
  try {
    const size = fstatSync(file).size;
    const { entries, start } = readHeader(file, size, fail);
    return tensorFile(path, file, entries, start, fail);
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

function tensorFile(
  path: string,
  file: number,
  entries: ReadonlyMap<string, Entry>,
  start: number,
  fail: (what: string) => never,
): TensorFile {
  const find = (name: string): Entry => entries.get(name) ?? fail(`has no tensor ${quoted(name)}`);
  return {
    path,
    names: [...entries.keys()],
    has: (name) => entries.has(name),
    shapeOf: (name) => entries.get(name)?.shape,
    read(name, shape, into) {
      const { dtype, shape: actual, data_offsets: place } = find(name);
      if (actual.length !== shape.length || actual.some((length, k) => length !== shape[k])) {
        fail(`tensor ${quoted(name)} is [${actual}] where config.json asks for [${shape}]`);
      }
      if (!isReadable(dtype))
        fail(`tensor ${quoted(name)} is of type ${quoted(dtype)}; readable are F32, F16 and BF16`);
      const values = into ?? new Float32Array((place[1] - place[0]) / BYTES[dtype as ReadableType]);
      if (dtype === 'F32') {
        readFully(
          file,
          new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
          start + place[0],
          fail,
        );
      } else {
        const halves = new Uint16Array(values.length);
        readFully(file, new Uint8Array(halves.buffer), start + place[0], fail);
        (dtype === 'F16' ? widenFloat16 : widenBfloat16)(halves, values);
      }
      if (!allFinite(values)) fail(`tensor ${quoted(name)} holds numbers that are not finite`);
      return values;
    },
    close: () => closeSync(file),
  };
}

function readHeader(
  file: number,
  size: number,
  fail: (what: string) => never,
): { entries: Map<string, Entry>; start: number } {
  if (size < 8) fail(`is ${size} bytes long, too short for a safetensors file`);
  const prefix = Buffer.alloc(8);
  readFully(file, prefix, 0, fail);
  const length = prefix.readBigUInt64LE();
  if (length > BigInt(Math.min(MAX_HEADER_BYTES, size - 8))) {
    fail(
      `its header says it has ${length} bytes, where at most ${Math.min(MAX_HEADER_BYTES, size - 8)} can be; is it a safetensors file, whole?`,
    );
  }
  const bytes = Buffer.alloc(Number(length));
  readFully(file, bytes, 8, fail);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return fail('its header is not JSON; is it a safetensors file?');
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    return fail('its header is not a JSON object');
  const entries = new Map<string, Entry>();
  for (const [name, value] of Object.entries(json)) {
    if (name === '__metadata__') continue;
    const parsed = entrySchema.safeParse(value);
    entries.set(
      name,
      parsed.success
        ? parsed.data
        : fail(`its header's entry ${quoted(name)} lacks a sound dtype, shape or data_offsets`),
    );
  }
  const start = 8 + bytes.length;
  checkPlaces(entries, size - start, fail);
  return { entries, start };
}

/** The format wants the tensors one after the other, without holes or overlaps, up to the file's end. */
function checkPlaces(
  entries: ReadonlyMap<string, Entry>,
  available: number,
  fail: (what: string) => never,
): void {
  let end = 0;
  const inOrder = [...entries].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  for (const [name, { dtype, shape, data_offsets }] of inOrder) {
    const [from, to] = data_offsets;
    if (to > available) {
      fail(
        `tensor ${quoted(name)} ends at byte ${to} of the data, which has ${available}; the file is cut short or damaged`,
      );
    }
    if (from !== end || to < from)
      fail(`tensor ${quoted(name)} lies at ${from}–${to}, where it should begin at ${end}`);
    const elements = shape.reduce((product, length) => product * length, 1);
    if (isReadable(dtype) && elements * BYTES[dtype] !== to - from) {
      fail(
        `tensor ${quoted(name)} of shape [${shape}] has ${to - from} bytes where its type ${dtype} needs ${elements * BYTES[dtype]}`,
      );
    }
    end = to;
  }
  if (end !== available) fail(`its tensors end at byte ${end} of the data, which has ${available}`);
}

const isReadable = (dtype: string): dtype is ReadableType => Object.hasOwn(BYTES, dtype);

/** A product with a number that is not finite is not 0; one pass without a branch for each number. */
function allFinite(values: Float32Array): boolean {
  let zero = 0;
  for (let i = 0; i < values.length; i++) zero += values[i]! * 0;
  return zero === 0;
}

/** One call reads 2 GB at most. */
const CHUNK = 1 << 30;

function readFully(file: number, target: Uint8Array, position: number, fail: (what: string) => never): void {
  for (let done = 0; done < target.length; ) {
    const count = readSync(file, target, done, Math.min(CHUNK, target.length - done), position + done);
    if (count === 0) fail(`ends after ${position + done} bytes, before its own header says`);
    done += count;
  }
}
