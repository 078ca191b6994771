/** What data can be trained on, and still mislead: told once, one line each. */
import { listed } from './errors.js';
import type { Dataset, HeldOut } from './types.js';

/** A class of fewer rows is in some folds a matter of one or two texts. */
const LEAST_OF_CLASS = 10;
/** On fewer rows, one text more or less is worth two hundredths of a score. */
const LEAST_TEST_ROWS = 50;

/** Rare classes and few test rows. */
export function rowWarnings({ labels, classes, groups, splits }: Dataset, heldOut: HeldOut): string[] {
  const { development, test } = heldOut;
  const trained = new Set(splits && Array.from(development, (row) => groups[row]!));
  const seen = test.filter((row) => trained.has(groups[row]!)).length;
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]!++;
  const rare = classes.filter((_, index) => counts[index]! < LEAST_OF_CLASS);
  return [
    ...(rare.length === 0
      ? []
      : [
          `${rare.length} of ${classes.length} classes ${rare.length === 1 ? 'has' : 'have'} under ${LEAST_OF_CLASS} rows (${listed(rare)}): their scores are chance; add rows, or merge classes`,
        ]),
    ...(test.length < LEAST_TEST_ROWS
      ? [
          `the test set has ${test.length} ${test.length === 1 ? 'row' : 'rows'}, under ${LEAST_TEST_ROWS}: the winner's test score is a rough guess; add rows${splits ? '' : ', or raise test_size'}`,
        ]
      : []),
    ...(seen === 0
      ? []
      : [
          `${seen} of ${test.length} test rows have a text that is trained on too, as the source splits them: the winner's test score is a little too good`,
        ]),
  ];
}
