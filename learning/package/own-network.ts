/** A packaged model as a network of this project's engine, some ten times as fast as the layers it is saved as. */
import type { Engine } from '../engine/types.js';
import { MODEL_KINDS, modelParameters } from '../models/index.js';
import type { NamedWeights, Network, Parameters } from '../models/types.js';

/** What a package says about its model. */
export interface ModelFacts {
  /** Kind and parameters that it was trained with, as `MLmodel` has them; anything or nothing if others wrote it. */
  readonly kind: unknown;
  readonly parameters: unknown;
  readonly classes: number;
  /** All weights, in any order. */
  readonly weights: readonly NamedWeights[];
}

/**
 * Builds the network of the package's kind and copies the weights in.
 *
 * @returns undefined when this version has no such kind, or its network has other parameters or weights: then only the saved layers
 *   tell what the model computes.
 */
export function ownNetwork(engine: Engine, { kind: name, parameters, classes, weights }: ModelFacts) {
  const kind = typeof name === 'string' && Object.hasOwn(MODEL_KINDS, name) ? MODEL_KINDS[name] : undefined;
  const checked = kind && modelParameters(kind).safeParse(parameters);
  if (!checked?.success) return undefined;
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  // Before the network is built: it draws a table of this size.
  const table = byName.get('embedding/embeddings');
  if (table?.shape.length !== 2 || table.shape[1] !== checked.data.embedding_dim) return undefined;
  const shape = { vocabularySize: table.shape[0]!, classes, seed: 0 };
  const network: Network = kind!.network(engine, shape, checked.data as Parameters);
  if (network.weights.length !== weights.length) return undefined;
  for (const own of network.weights) {
    const packaged = byName.get(own.name);
    if (packaged?.shape.join() !== own.shape.join()) return undefined;
    own.values.set(packaged.values);
  }
  return network;
}
