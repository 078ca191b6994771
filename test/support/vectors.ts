/** Small files of word vectors, as the programs that make such files write them. */

export function word2vecBinary(
  words: readonly string[],
  rows: readonly (readonly number[])[],
  { breaks = false } = {},
): Buffer {
  const parts = words.flatMap((word, row) => [
    Buffer.from(`${word} `),
    Buffer.from(Float32Array.from(rows[row]!).buffer),
    Buffer.from(breaks ? '\n' : ''),
  ]);
  return Buffer.concat([Buffer.from(`${words.length} ${rows[0]!.length}\n`), ...parts]);
}

export interface NpyOptions {
  readonly type?: string;
  readonly byColumn?: boolean;
  readonly version?: 1 | 2;
  /** What the header says in place of the truth. */
  readonly shape?: string;
}

export function npy(
  rows: readonly (readonly number[])[],
  { type = '<f4', byColumn = false, version = 1, shape }: NpyOptions = {},
): Buffer {
  const dim = rows[0]!.length;
  const order = byColumn
    ? Array.from({ length: dim }, (_, d) => rows.map((row) => row[d]!)).flat()
    : rows.flat();
  const numbers = type === '<f8' ? Float64Array.from(order) : Float32Array.from(order);
  const header = Buffer.from(
    `{'descr': '${type}', 'fortran_order': ${byColumn ? 'True' : 'False'}, 'shape': ${shape ?? `(${rows.length}, ${dim})`}, }\n`,
  );
  const length = Buffer.alloc(version === 1 ? 2 : 4);
  if (version === 1) length.writeUInt16LE(header.length);
  else length.writeUInt32LE(header.length);
  const magic = Buffer.from([0x93, ...Buffer.from('NUMPY'), version, 0]);
  return Buffer.concat([magic, length, header, Buffer.from(numbers.buffer)]);
}
