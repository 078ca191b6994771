/** What a person should know of the data before training on them. */
import {
  type Dataset,
  type Fold,
  foldWarnings,
  type HeldOut,
  rowWarnings,
} from '../../learning/data/index.js';
import { modelKind } from '../../learning/models/index.js';
import { type SearchSpace, valuesByKind } from '../space/index.js';

/** One line each; the first fold stands for all. */
export function dataWarnings(
  space: SearchSpace,
  dataset: Dataset,
  heldOut: HeldOut,
  folds: readonly Fold[],
): string[] {
  const ofFeatures = Object.entries(valuesByKind(space.models)).flatMap(
    ([model, values]) => modelKind(model).features.warnings?.(dataset, folds[0]!, values) ?? [],
  );
  // Kinds that read the same of the texts have the same to say.
  return [...new Set([...rowWarnings(dataset, heldOut), ...foldWarnings(dataset, folds), ...ofFeatures])];
}
