/** The formats that a dataset may come in. One line adds a format. */
import { arrow } from './arrow.js';
import { csv, tsv } from './delimited.js';
import type { DataFormat } from './format.js';
import { jsonl } from './json-lines.js';
import { parquet } from './parquet.js';

export const FORMATS = { csv, tsv, jsonl, parquet, arrow } satisfies Record<string, DataFormat>;
