/** Apache Arrow's IPC files and streams: what `save_to_disk` of Hugging Face's `datasets` writes. */
import { type Table, tableFromIPC } from '@uwdata/flechette';
import { DatasetError } from '../errors.js';
import type { DataFormat, ReadRecord } from './format.js';
import { cellOf, classNamesIn, wholeOf } from './whole.js';

export const arrow: DataFormat = { title: 'Arrow', extensions: ['.arrow', '.ipc'], read: readArrow };

async function* readArrow(bytes: AsyncIterable<Buffer>): AsyncGenerator<ReadRecord> {
  const table = tableOf(await wholeOf(bytes));
  const names = classNamesIn(table.schema.metadata?.get('huggingface'));
  const columns = table.names.map((name) => {
    const column = table.getChild(String(name))!;
    return [String(name), (row: number): unknown => column.at(row)] as const;
  });
  for (let row = 0; row < table.numRows; row++) {
    yield {
      fields: Object.fromEntries(columns.map(([name, at]) => [name, cellOf(at(row), name, names)])),
      at: `row ${row + 1}`,
      headerAt: 'schema',
    };
  }
}

function tableOf(bytes: Uint8Array): Table {
  try {
    const table = tableFromIPC(bytes);
    if (table.numCols === 0) throw new Error('no columns');
    return table;
  } catch (error) {
    throw new DatasetError(
      `: is no Arrow file or stream that can be read (${(error as Error).message.split('\n')[0]}); it may be cut short, compressed, or of another format: write it anew, uncompressed`,
    );
  }
}
