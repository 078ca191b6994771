/** Which rows every fold trains on and validates on, and which are held out, as a file for whoever splits the same way elsewhere. */
import type { CrossValidation } from './cross-validation/index.js';
import type { Dataset, Fold, HeldOut } from './types.js';

/** Row numbers that the file may hold; of more folds only the validation rows are written. */
const MOST_NUMBERS = 10_000_000;

/**
 * JSON: places of rows in the dataset as it was read, after `limit`, from 0. Each fold's two lists are what scikit-learn takes as
 * an entry of `cv`.
 */
export function foldsFile(
  { name, digest }: Pick<Dataset, 'name' | 'digest'>,
  { development, test }: HeldOut,
  crossValidation: CrossValidation,
  folds: readonly Fold[],
): string {
  const whole = folds.length * development.length <= MOST_NUMBERS;
  const list = (rows: Int32Array): string => `[${rows.join(',')}]`;
  const lines = folds.map(({ train, validation, inner }, fold) => {
    const trained = whole ? `"train":${list(train)},` : '';
    const place = inner ? `"inner":{"outer_fold":${inner.outer},"split":${inner.split}},` : '';
    return `{"fold":${fold},${place}${trained}"validation":${list(validation)}}`;
  });
  const head = { dataset: name, digest, cross_validation: crossValidation };
  return `${JSON.stringify(head).slice(0, -1)},\n"development":${list(development)},\n"test":${list(test)},\n"folds":[\n${lines.join(',\n')}\n]}\n`;
}
