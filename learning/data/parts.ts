/** A dataset's two parts in plain values: what a search trains on, and what its winner is measured on. */
import { createHash } from 'node:crypto';
import type { Dataset, HeldOut } from './types.js';

/** Some rows of a dataset, described for whoever keeps a record of what was read. */
export interface DatasetPart {
  readonly name: string;
  /** Of its own rows, so that neither part passes for the whole. */
  readonly digest: string;
  readonly sourceType: string;
  readonly source: string;
  readonly columns: readonly { readonly name: string; readonly type: 'string' }[];
  readonly rows: number;
  readonly classes: number;
  /** What the rows are for. */
  readonly context: 'train' | 'eval';
}

export interface DatasetParts {
  /** The development rows. */
  readonly train: DatasetPart;
  /** The held-out test rows. */
  readonly eval: DatasetPart;
}

/** Describes both parts. */
export function datasetParts(dataset: Dataset, { development, test }: HeldOut): DatasetParts {
  const part = (rows: Int32Array, context: DatasetPart['context']): DatasetPart => ({
    name: dataset.name,
    digest: digestOfRows(dataset, rows),
    sourceType: dataset.sourceType,
    source: dataset.source,
    columns: [
      { name: 'text', type: 'string' },
      { name: 'label', type: 'string' },
    ],
    rows: rows.length,
    classes: dataset.classes.length,
    context,
  });
  return { train: part(development, 'train'), eval: part(test, 'eval') };
}

/** Names some rows of a dataset, 32 hexadecimal digits: two models are compared only on the same test rows. */
export function digestOfRows(dataset: Dataset, rows: Int32Array): string {
  return createHash('sha256')
    .update(dataset.digest)
    .update(JSON.stringify([...rows]))
    .digest('hex')
    .slice(0, 32);
}
