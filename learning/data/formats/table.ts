/** The text formats that a dataset may come in. One line adds a format. */
import { csv, tsv } from './delimited.js';
import type { TextFormat } from './format.js';
import { jsonl } from './json-lines.js';

export const FORMATS = { csv, tsv, jsonl } satisfies Record<string, TextFormat>;
