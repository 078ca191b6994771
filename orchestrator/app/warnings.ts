/** What a person should know of the data before training on them. */
import {
  crossValidationWarnings,
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
  return [
    ...new Set([
      ...rowWarnings(dataset, heldOut),
      ...foldWarnings(dataset, folds),
      ...crossValidationWarnings(space.cross_validation),
      ...pickedEpochs(space),
      ...ofFeatures,
    ]),
  ];
}

/** An epoch that the outer rows picked has seen them, and so has the nested estimate. */
function pickedEpochs({ cross_validation, models }: SearchSpace): string[] {
  if (cross_validation.strategy !== 'nested') return [];
  const picking = Object.entries(valuesByKind(models)).filter(
    ([, { patience = [], validation_size = [0] }]) =>
      patience.some((one) => Number(one) > 0) && validation_size.some((one) => Number(one) === 0),
  );
  if (picking.length === 0) return [];
  const kinds = picking.map(([model]) => model).join(' and ');
  return [
    `early stopping of ${kinds} picks epochs on the rows that score a fold, so the nested estimate is a little too good; add early_stopping: { validation_size: 0.1 }`,
  ];
}
