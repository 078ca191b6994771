/** What a model package is made of, and the schemas of the files it is read back from. */
import { z } from 'zod';
import type { FeatureFiles, Features, ParameterValue } from '../features/index.js';
import { NORMALIZATION_NAMES, type NormalizationName } from '../text/index.js';

/** A weight of the portable model, row-major. */
export interface PackagedWeight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

export interface PackageContents {
  /** A tfjs `model.json` of standard layers: `{format, modelTopology, weightsManifest, …}`, one weight file. */
  readonly modelJson: Readonly<Record<string, unknown>>;
  /** The bytes of the weight file. */
  readonly weightData: Uint8Array | ArrayBuffer;
  /** The trained weights. When given, the weight file must hold exactly these: packaging another model's is a bug. */
  readonly weights?: readonly PackagedWeight[];
  /** Model kind. */
  readonly kind: string;
  readonly parameters: Readonly<Record<string, ParameterValue>>;
  /** The features' own files. */
  readonly features: FeatureFiles;
  /** What was made of each text before anything read it, by name. */
  readonly normalize?: NormalizationName;
  /** What predicting needs from the registries besides what every package needs. */
  readonly needs?: Features['packageNeeds'];
  /** Class names; the order of the model's outputs. */
  readonly classes: readonly string[];
  /** Name of the registered model. */
  readonly name: string;
  /** MLflow run that made the model. */
  readonly runId: string;
  /** A few texts. */
  readonly inputExample: readonly string[];
  /** Metrics on the test rows; null where undefined. */
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly datasetDigest: string;
  /** Engine and version that trained the model. */
  readonly engine: string;
  /** Versions of other things that had a part in it. */
  readonly versions?: Readonly<Record<string, string>>;
}

const weightSpec = z.looseObject({
  name: z.string(),
  shape: z.array(z.number().int().nonnegative()),
  dtype: z.literal('float32'),
});
export type WeightSpec = z.infer<typeof weightSpec>;

/** `tfjs/model.json`. Weight paths are plain file names, so that they can't lead out of the folder. */
export const modelFile = z.looseObject({
  format: z.literal('layers-model').optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(
      z.object({
        paths: z.array(z.string().regex(/^\w[\w.-]*$/, 'must be a plain file name')).min(1),
        weights: z.array(weightSpec),
      }),
    )
    .min(1),
});

/** What a package says of texts before its features read them; absent where they are read as they are. */
export const TEXT_FILE = 'text.json';
export const textFile = z.object({ normalize: z.enum(NORMALIZATION_NAMES) });

export const labelsFile = z.array(z.string()).min(2).max(1000);

/** Bytes that weights of these shapes take. */
export const weightBytes = (specs: readonly WeightSpec[]): number =>
  specs.reduce((sum, { shape }) => sum + 4 * shape.reduce((product, size) => product * size, 1), 0);
