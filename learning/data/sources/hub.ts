/** Datasets of Hugging Face's hub that are known by name: Parquet files, their columns and their rows. */
import { createReadStream } from 'node:fs';
import { z } from 'zod';
import { download } from '../download/index.js';
import { DatasetError } from '../errors.js';
import type { Split } from '../types.js';
import type { Columns } from './columns.js';
import type { DatasetSource, Row, SourceContext } from './source.js';
import { readRows } from './tabular.js';

export interface HubDataset {
  readonly name: string;
  readonly description: string;
  /** `owner/name` on the hub. */
  readonly repository: string;
  readonly columns: Columns;
  readonly files: readonly { readonly split: Split; readonly path: string; readonly rows: number }[];
}

const MAX_BYTES = 128 * 2 ** 20;
const none = z.object({});

export function hubSource(dataset: HubDataset): DatasetSource<typeof none, typeof none> {
  const { name, description, repository } = dataset;
  return {
    description,
    nature: 'downloaded',
    mention: `source: ${name}`,
    rowsTravel: true,
    fields: none,
    spec: none,
    resolve: () => ({}),
    open: async (_, context) => ({
      name,
      sourceType: 'http',
      source: JSON.stringify({ url: `https://huggingface.co/datasets/${repository}` }),
      rows: rowsOf(dataset, context),
    }),
  };
}

async function* rowsOf(
  { name, repository, columns, files }: HubDataset,
  context: SourceContext,
): AsyncGenerator<Row> {
  for (const { split, path, rows } of files) {
    const url = `https://huggingface.co/datasets/${repository}/resolve/main/${path}`;
    const local = await download({ source: name, path, url, maxBytes: MAX_BYTES, hub: true }, context);
    let count = 0;
    for await (const row of readRows(createReadStream(local), local, { format: 'parquet', columns })) {
      count++;
      yield { ...row, split };
    }
    if (count !== rows)
      throw new DatasetError(
        `${name}: ${path} has ${count} rows, and ${rows} are known; is the mirror complete?`,
      );
  }
}
