/** Apache Parquet: the files of Hugging Face's hub, pandas and Spark. */
import zlib from 'node:zlib';
import type { Compressors, FileMetaData } from 'hyparquet';
import { DatasetError } from '../errors.js';
import type { DataFormat, ReadRecord } from './format.js';
import { cellOf, classNamesIn, wholeOf } from './whole.js';

/** Every command reads the table of formats, and hardly any a Parquet file. */
const reader = () => import('hyparquet');

/** A small file may say that it unpacks to anything. */
const MAX_UNPACKED = 2 ** 30;

export const parquet: DataFormat = { title: 'Parquet', extensions: ['.parquet'], read: readParquet };

async function* readParquet(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadRecord> {
  const { buffer } = await wholeOf(bytes);
  const { parquetMetadata } = await reader();
  const metadata = explaining(() => parquetMetadata(buffer));
  const unpacked = metadata.row_groups.reduce((sum, group) => sum + Number(group.total_byte_size), 0);
  if (unpacked > MAX_UNPACKED)
    throw new DatasetError(
      `: unpacks to ${Math.ceil(unpacked / 2 ** 20)} MiB, over the limit of ${MAX_UNPACKED / 2 ** 20} MiB; use a part of it`,
    );
  const names = classNamesIn(metadata.key_value_metadata?.find(({ key }) => key === 'huggingface')?.value);
  let row = 0;
  for (const { num_rows } of metadata.row_groups) {
    const rowEnd = row + Number(num_rows);
    for (const record of await group(buffer, metadata, row, rowEnd)) {
      row++;
      yield {
        fields: Object.fromEntries(
          Object.entries(record).map(([column, value]) => [column, cellOf(value, column, names)]),
        ),
        at: `row ${row}`,
        headerAt: 'schema',
      };
    }
  }
}

/** One row group at a time: the objects of all of them are many times the file. */
async function group(file: ArrayBuffer, metadata: FileMetaData, rowStart: number, rowEnd: number) {
  const { parquetReadObjects } = await reader();
  try {
    return await parquetReadObjects({ file, metadata, rowStart, rowEnd, compressors: COMPRESSORS });
  } catch (error) {
    throw unreadable(error);
  }
}

function explaining<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw unreadable(error);
  }
}

const unreadable = (error: unknown): DatasetError =>
  new DatasetError(
    `: is no Parquet file that can be read (${(error as Error).message.split('\n')[0]}); it may be cut short, or of another format: write it anew`,
  );

/** Snappy, which most files have, the reader brings itself; Node has the others, Zstandard from 22.15 on. */
const COMPRESSORS: Compressors = {
  GZIP: (packed, maxOutputLength) => zlib.gunzipSync(packed, { maxOutputLength }),
  BROTLI: (packed, maxOutputLength) => zlib.brotliDecompressSync(packed, { maxOutputLength }),
  ...zstandard(),
};

function zstandard(): Compressors {
  const { zstdDecompressSync: unpack } = zlib as { zstdDecompressSync?: typeof zlib.brotliDecompressSync };
  return unpack ? { ZSTD: (packed, maxOutputLength) => unpack(packed, { maxOutputLength }) } : {};
}
