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
 * @param dataset.schema Columns, as JSON text.
 * @param dataset.profile Sizes, as JSON text.
 * @param dataset.context What the run used it for: `train`, `eval`, `test`.
 */
export function datasetInput(dataset: {
  name: string;
  digest: string;
  sourceType: string;
  source: string;
  schema?: string;
  profile?: string;
  context?: string;
}): DatasetInput {
  const { name, digest, sourceType, source, schema, profile, context } = dataset;
  return {
    tags: context === undefined ? [] : [{ key: 'mlflow.data.context', value: context }],
    dataset: {
      name,
      digest: digest.slice(0, DIGEST_LENGTH),
      source_type: sourceType,
      source,
      ...(schema === undefined ? {} : { schema }),
      ...(profile === undefined ? {} : { profile }),
    },
  };
}
