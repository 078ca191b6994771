/**
 * Between a trained network and the model that is saved: standard layers of TensorFlow.js (and of Keras) only, so that anything
 * that reads layers models loads it.
 */
import type { LayersModel } from '@tensorflow/tfjs';
import type { Engine } from '../engine/index.js';
import type { FeatureFiles, Parameters, RowBatch } from '../features/index.js';
import type { ModelKind, ModelShape, NamedWeights } from './types.js';

/**
 * A copy of the trained weights, in the order of the portable model's layers. Matrices are row-major, inputs × outputs.
 * An LSTM's `kernel`, `recurrent_kernel` and `bias` hold the gates side by side: input, forget, candidate, output (Keras's i, f, c, o).
 * `embedding/embeddings` row 0 is padding (zeros), row 1 the unknown word, row `i + 2` word `i`. `padding/embeddings` of kind
 * `simple` is a constant that marks padding; a reader that masks by length can leave it out.
 */
export function namedWeights(model: { readonly weights: readonly NamedWeights[] }): NamedWeights[] {
  return model.weights.map(({ name, shape, values }) => ({
    name,
    shape: [...shape],
    values: values.slice(),
  }));
}

/**
 * The trained model built of standard layers, with these weights. Dispose of it after use.
 *
 * @throws Error when the weights do not fit the model.
 */
export function toPortableModel<Batch extends RowBatch, Input>(
  engine: Engine,
  weights: readonly NamedWeights[],
  kind: ModelKind<Batch, Input>,
  shape: ModelShape<Input>,
  parameters: Parameters,
): LayersModel {
  const { layers: tf } = engine;
  const model = kind.build(engine, shape, parameters);
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  const values = model.weights.map((variable) => {
    // TensorFlow.js appends _1, _2, … to names that the process has used before.
    const name = variable.originalName;
    const found = byName.get(name);
    if (!found)
      throw new Error(`The ${kind.name} model has a weight ${name} that the trained network lacks.`);
    byName.delete(name);
    return tf.tensor(found.values, [...found.shape]);
  });
  if (byName.size > 0)
    throw new Error(`The ${kind.name} model has no place for ${[...byName.keys()].join(', ')}.`);
  model.setWeights(values);
  tf.dispose(values);
  return model;
}

export interface PortableModel {
  readonly modelJson: Record<string, unknown>;
  readonly weightData: Uint8Array;
}

export interface SavedModel extends PortableModel {
  /** What a package needs besides, by path. */
  readonly files: FeatureFiles;
}

/** The trained model in the form that packages hold. */
export async function savePortableModel<Batch extends RowBatch, Input>(
  engine: Engine,
  weights: readonly NamedWeights[],
  kind: ModelKind<Batch, Input>,
  shape: ModelShape<Input>,
  parameters: Parameters,
): Promise<PortableModel> {
  const model = toPortableModel(engine, weights, kind, shape, parameters);
  let saved: PortableModel | undefined;
  await model.save({
    save: async ({ modelTopology, weightSpecs, weightData }) => {
      if (!modelTopology || !(weightData instanceof ArrayBuffer))
        throw new Error('TensorFlow.js saved no model.');
      saved = {
        modelJson: {
          format: 'layers-model',
          generatedBy: `TensorFlow.js tfjs-layers v${engine.layers.version_layers}`,
          convertedBy: null,
          modelTopology,
          weightsManifest: [{ paths: ['weights.bin'], weights: weightSpecs }],
        },
        weightData: new Uint8Array(weightData),
      };
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
    },
  });
  model.dispose();
  return saved!;
}
