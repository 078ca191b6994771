import { cpSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  CheckpointError,
  longestText,
  openTensorFile,
  readCheckpoint,
  readCheckpointFacts,
} from '../../../learning/encoders/index.js';
import { distance, FOLDER, type NAMES } from './fixture.js';

const scratch = mkdtempSync(join(tmpdir(), 'encoders-'));
afterAll(() => rmSync(scratch, { recursive: true }));
let count = 0;
const fresh = (): string => join(scratch, String(count++));

/** A safetensors file of that header, with that many bytes of data. */
function written(header: unknown, data: Uint8Array, claimed?: bigint): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(claimed ?? BigInt(json.length));
  const path = `${fresh()}.safetensors`;
  writeFileSync(path, Buffer.concat([length, json, data]));
  return path;
}

const tensor = (dtype: string, shape: unknown, ...data_offsets: unknown[]) => ({
  dtype,
  shape,
  data_offsets,
});

describe('a file of tensors', () => {
  it('gives 32-bit floats of each type that it may have', () => {
    const data = new Uint8Array(24);
    new Float32Array(data.buffer, 0, 2).set([1.5, -2.25]);
    new Uint16Array(data.buffer, 8, 4).set([0x3e00, 0xc080, 0x0001, 0x7bff]);
    new Uint16Array(data.buffer, 16, 4).set([0x3fc0, 0xc010, 0x0000, 0x7f7f]);
    const file = openTensorFile(
      written(
        {
          __metadata__: { format: 'pt' },
          half: tensor('F16', [4], 8, 16),
          whole: tensor('F32', [1, 2], 0, 8),
          brain: tensor('BF16', [2, 2], 16, 24),
        },
        data,
      ),
    );
    expect([...file.read('whole', [1, 2])]).toEqual([1.5, -2.25]);
    expect([...file.read('half', [4])]).toEqual([1.5, -2.25, 2 ** -24, 65504]);
    expect([...file.read('brain', [2, 2])]).toEqual([1.5, -2.25, 0, Math.fround(3.3895313892515355e38)]);
    expect(file.shapeOf('brain')).toEqual([2, 2]);
    expect(() => file.read('brain', [4])).toThrow(/brain" is \[2,2\] where config\.json asks for \[4\]/);
    expect(() => file.read('other', [4])).toThrow(/has no tensor "other"/);
    file.close();
  });

  it.each([
    ['is empty', () => written('', new Uint8Array(0), 5n), /header says it has 5 bytes, where at most 0/],
    ['claims a header of 2⁶³ bytes', () => written('{}', new Uint8Array(0), 2n ** 63n), /header says it has/],
    ['has no JSON', () => written('{"a":', new Uint8Array(4)), /header is not JSON/],
    ['has a list', () => written([], new Uint8Array(0)), /header is not a JSON object/],
    ['has a strange entry', () => written({ a: 1 }, new Uint8Array(0)), /entry "a" lacks/],
    [
      'has a negative length',
      () => written({ a: tensor('F32', [-1], 0, 4) }, new Uint8Array(4)),
      /entry "a" lacks/,
    ],
    [
      'is cut short',
      () => written({ a: tensor('F32', [2], 0, 8) }, new Uint8Array(7)),
      /"a" ends at byte 8 .*cut short/,
    ],
    [
      'has more than it says',
      () => written({ a: tensor('F32', [1], 0, 4) }, new Uint8Array(8)),
      /end at byte 4 .*has 8/,
    ],
    [
      'has a size that is not its shape',
      () => written({ a: tensor('F32', [3], 0, 8) }, new Uint8Array(8)),
      /shape \[3\] has 8 bytes where its type F32 needs 12/,
    ],
    [
      'has tensors that overlap',
      () => written({ a: tensor('F32', [2], 0, 8), b: tensor('F32', [2], 4, 12) }, new Uint8Array(12)),
      /"b" lies at 4–12, where it should begin at 8/,
    ],
    ['is not there', fresh, /no such file/],
  ])('is refused in one line that names it when it %s', (_, make, message) => {
    const path = make();
    const open = () => openTensorFile(path);
    expect(open).toThrow(CheckpointError);
    expect(open).toThrow(message);
    expect(open).toThrow(path);
    expect(open).not.toThrow(/\n/);
  });

  it('is refused where its numbers are not finite, or of a type that is not read', () => {
    const nan = Buffer.alloc(4);
    nan.writeFloatLE(Number.NaN);
    const file = openTensorFile(
      written(
        { a: tensor('F32', [1], 0, 4), b: tensor('I64', [1], 4, 12) },
        Buffer.concat([nan, Buffer.alloc(8)]),
      ),
    );
    expect(() => file.read('a', [1])).toThrow(/"a" holds numbers that are not finite/);
    expect(() => file.read('b', [1])).toThrow(/"b" is of type "I64"; readable are F32, F16 and BF16/);
    file.close();
  });
});

describe('a checkpoint', () => {
  /** A copy of one whose config.json is changed. */
  const changed = (name: (typeof NAMES)[number], change: Record<string, unknown> = {}): string => {
    const folder = fresh();
    cpSync(join(FOLDER, name), folder, { recursive: true });
    const path = join(folder, 'config.json');
    writeFileSync(path, JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), ...change }));
    return folder;
  };

  it('is the same whether its names have a prefix or none', () => {
    const folder = changed('bert');
    const path = join(folder, 'model.safetensors');
    const bytes = readFileSync(path);
    const length = Number(bytes.readBigUInt64LE());
    const header = JSON.parse(bytes.subarray(8, 8 + length).toString());
    const prefixed = Object.fromEntries(
      Object.entries(header).map(([name, entry]) => [name === '__metadata__' ? name : `bert.${name}`, entry]),
    );
    const json = Buffer.from(JSON.stringify(prefixed));
    const size = Buffer.alloc(8);
    size.writeBigUInt64LE(BigInt(json.length));
    writeFileSync(path, Buffer.concat([size, json, bytes.subarray(8 + length)]));
    const [bare, own] = [readCheckpoint(join(FOLDER, 'bert')), readCheckpoint(folder)];
    expect(distance(own.weights.layers[1]!.qkv.weight, bare.weights.layers[1]!.qkv.weight)).toBe(0);
  });

  it('tells its labels and the longest text without its weights', () => {
    const { config } = readCheckpointFacts(join(FOLDER, 'roberta'));
    expect(config.labels).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
    expect(longestText(config)).toBe(38);
    expect(longestText(readCheckpointFacts(join(FOLDER, 'bert')).config)).toBe(40);
  });

  it.each([
    ['model_type', { model_type: 'gpt2' }, /model_type is "gpt2"; supported are bert and roberta/],
    [
      'positions',
      { position_embedding_type: 'relative_key' },
      /position_embedding_type is "relative_key": only "absolute"/,
    ],
    ['activation', { hidden_act: 'gelu_new' }, /hidden_act is "gelu_new": only "gelu" \(exact\)/],
    ['decoder', { is_decoder: true }, /is_decoder is "true": only encoders/],
    ['heads', { num_attention_heads: 3 }, /hidden_size 16 can't be divided among num_attention_heads 3/],
    ['size', { hidden_size: 1e9 }, /hidden_size is "1000000000"/],
    [
      'vocabulary',
      { vocab_size: 9 },
      /tokenizer\.json: has token id \d+, where vocab_size in config\.json is 9/,
    ],
    ['layers', { num_hidden_layers: 3 }, /model\.safetensors: has no tensor "encoder\.layer\.2\./],
    ['width', { intermediate_size: 64 }, /is \[32,16\] where config\.json asks for \[64,16\]/],
  ])('is refused for its %s, in one line that says what would be right', (_, change, message) => {
    const folder = changed('bert', change);
    expect(() => readCheckpoint(folder)).toThrow(CheckpointError);
    expect(() => readCheckpoint(folder)).toThrow(message);
    expect(() => readCheckpoint(folder)).toThrow(folder);
  });

  it.each(['config.json', 'tokenizer.json', 'model.safetensors'])(
    'is refused without %s, or with half of it',
    (name) => {
      const folder = changed('roberta');
      const path = join(folder, name);
      truncateSync(path, Math.floor(readFileSync(path).length / 2));
      expect(() => readCheckpoint(folder)).toThrow(path);
      rmSync(path);
      expect(() => readCheckpoint(folder)).toThrow(`${path}: no such file`);
    },
  );

  it('of several files, or of pickles, is refused with what to do', () => {
    const folder = changed('bert');
    rmSync(join(folder, 'model.safetensors'));
    writeFileSync(join(folder, 'pytorch_model.bin'), '');
    expect(() => readCheckpoint(folder)).toThrow(/save it as safetensors/);
    writeFileSync(join(folder, 'model.safetensors.index.json'), '{}');
    expect(() => readCheckpoint(folder)).toThrow(/in one model\.safetensors are supported/);
  });
});
