/** What a person should know of the data before training on them. */
import { type Dataset, developmentFolds, type HeldOut, rowWarnings } from '../../learning/data/index.js';
import { modelKind } from '../../learning/models/index.js';
import { type SearchSpace, valuesByKind } from '../space/index.js';

/** One line each; the first fold stands for all. */
export function dataWarnings(space: SearchSpace, dataset: Dataset, heldOut: HeldOut): string[] {
  const [fold] = developmentFolds(dataset, {
    testSize: space.dataset.test_size,
    seed: space.seed,
    crossValidation: space.cross_validation,
  });
  const ofFeatures = Object.entries(valuesByKind(space.models)).flatMap(
    ([model, values]) => modelKind(model).features.warnings?.(dataset, fold!, values) ?? [],
  );
  // Kinds that read the same of the texts have the same to say.
  return [...new Set([...rowWarnings(dataset, heldOut), ...ofFeatures])];
}
