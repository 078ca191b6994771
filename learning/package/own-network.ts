/** A packaged model as a network of this project's engine, some ten times as fast as the layers it is saved as. */
import type { Engine } from '../engine/index.js';
import type { Loaded, Parameters } from '../features/index.js';
import { type ModelKind, modelParameters, type NamedWeights, type ScoringNetwork } from '../models/index.js';

/** What a package says about its model. */
export interface ModelFacts {
  readonly kind: ModelKind;
  /** That it was trained with, as `MLmodel` has them; anything or nothing if others wrote it. */
  readonly parameters: unknown;
  readonly classes: number;
  /** All weights, in any order. */
  readonly weights: readonly NamedWeights[];
}

/**
 * Builds the network of the package's kind and copies the weights in.
 *
 * @returns undefined when this version's network has other parameters or weights: then only the saved layers tell what the
 *   model computes.
 */
export function ownNetwork(
  engine: Engine,
  features: Loaded,
  { kind, parameters, classes, weights }: ModelFacts,
): ScoringNetwork | undefined {
  const checked = modelParameters(kind).safeParse(parameters);
  if (!checked.success) return undefined;
  const known = checked.data as Parameters;
  const input = features.inputOf(weights, known);
  if (input === undefined) return undefined;
  const network = kind.network(engine, { input, classes, seed: 0 }, known);
  if (network.weights.length !== weights.length) return undefined;
  const byName = new Map(weights.map((weight) => [weight.name, weight]));
  for (const own of network.weights) {
    const packaged = byName.get(own.name);
    if (packaged?.shape.join() !== own.shape.join()) return undefined;
    own.values.set(packaged.values);
  }
  return network;
}
