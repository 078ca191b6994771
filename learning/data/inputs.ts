/** A dataset's two parts as MLflow run inputs: what a search trains on, and what its winner is measured on. */
import { createHash } from 'node:crypto';
import { type DatasetInput, datasetInput } from '../../tracking/client/index.js';
import type { Dataset, HeldOut } from './types.js';

export interface DatasetInputs {
  /** The development rows, context `train`. */
  readonly train: DatasetInput;
  /** The held-out test rows, context `eval`. */
  readonly eval: DatasetInput;
}

const SCHEMA = JSON.stringify({
  mlflow_colspec: [
    { name: 'text', type: 'string', required: true },
    { name: 'label', type: 'string', required: true },
  ],
});

/** Describes both parts; each has the digest of its own rows, so that neither passes for the whole. */
export function datasetInputs(dataset: Dataset, { development, test }: HeldOut): DatasetInputs {
  const input = (rows: Int32Array, context: string): DatasetInput =>
    datasetInput({
      name: dataset.name,
      digest: digestOfRows(dataset, rows),
      source: dataset.source,
      sourceType: dataset.sourceType,
      schema: SCHEMA,
      profile: JSON.stringify({ num_rows: rows.length, num_classes: dataset.classes.length }),
      context,
    });
  return { train: input(development, 'train'), eval: input(test, 'eval') };
}

/** Names some rows of a dataset, 32 hexadecimal digits: two models are compared only on the same test rows. */
export function digestOfRows(dataset: Dataset, rows: Int32Array): string {
  return createHash('sha256')
    .update(dataset.digest)
    .update(JSON.stringify([...rows]))
    .digest('hex')
    .slice(0, 32);
}
