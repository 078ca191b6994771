/** Datasets as MLflow's run inputs spell them. */

/** A dataset that a run read, ready for `logInputs`. */
export interface DatasetInput {
  readonly tags: readonly { readonly key: string; readonly value: string }[];
  readonly dataset: {
    readonly name: string;
    readonly digest: string;
    readonly source_type: string;
    readonly source: string;
    readonly schema?: string;
    readonly profile?: string;
  };
}

/** MLflow keeps 36 characters of a digest. */
const DIGEST_LENGTH = 36;

/**
 * Describes a dataset.
 *
 * @param dataset.digest Hash over its rows; MLflow keeps the first 36 characters.
 * @param dataset.sourceType Kind of source, such as `local` or `http`.
 * @param dataset.source Where it came from; MLflow's own sources write JSON here.
 * @param dataset.columns What each row has; MLflow shows it as the schema.
 * @param dataset.rows With the number of classes, if there are any, MLflow's profile.
 * @param dataset.context What the run used it for: `train`, `eval`, `test`.
 */
export function datasetInput(dataset: {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  columns?: readonly { readonly name: string; readonly type: string }[];
  rows?: number;
  classes?: number;
  context?: string;
}): DatasetInput {
  const { name, digest, sourceType, source, columns, rows, classes, context } = dataset;
  return {
    tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
    dataset: {
      name,
      digest: digest.slice(0, DIGEST_LENGTH),
      source_type: sourceType,
      source,
      ...(columns && {
        schema: JSON.stringify({
          mlflow_colspec: columns.map(({ name, type }) => ({ name, type, required: true })),
        }),
      }),
      ...(rows !== undefined && { profile: JSON.stringify({ num_rows: rows, num_classes: classes }) }),
    },
  };
}
