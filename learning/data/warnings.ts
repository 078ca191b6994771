/** What data can be trained on, and still mislead: told once, one line each. */
import { listed } from './errors.js';
import { textKey } from './rows.js';
import type { Dataset, Fold, HeldOut } from './types.js';

/** A class of fewer rows is in some folds a matter of one or two texts. */
const LEAST_OF_CLASS = 10;
/** On fewer rows, one text more or less is worth two hundredths of a score. */
const LEAST_TEST_ROWS = 50;

/** Rare classes, few test rows, and what stands on both sides of them. */
export function rowWarnings(dataset: Dataset, heldOut: HeldOut): string[] {
  const { labels, classes, splits } = dataset;
  const { test } = heldOut;
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
    ...sharedWarnings(dataset, heldOut),
    ...leftOutWarnings(dataset, heldOut),
  ];
}

/** What the test rows share with those that are trained on. */
function sharedWarnings(dataset: Dataset, { development, test }: HeldOut): string[] {
  const { splits, groups, groupNames, texts } = dataset;
  // Otherwise groups are whole, and equal texts are groups.
  if (splits === undefined && groupNames === undefined) return [];
  const shared = (keyOf: (row: number) => unknown): number => {
    const trained = new Set(Array.from(development, keyOf));
    return test.filter((row) => trained.has(keyOf(row))).length;
  };
  const told = (count: number, what: string, why: string): string[] =>
    count === 0
      ? []
      : [
          `${count} of ${test.length} test rows ${what} that is trained on too, ${why}: the winner's test score is a little too good`,
        ];
  const bySource = 'as the source splits them';
  return [
    ...told(
      shared((row) => textKey(texts[row]!)),
      'have a text',
      splits ? bySource : 'in another group',
    ),
    ...(groupNames
      ? told(
          shared((row) => groups[row]),
          'are of a group',
          bySource,
        )
      : []),
  ];
}

/** Rows that are in neither part. */
function leftOutWarnings({ texts, groupNames }: Dataset, { development, test }: HeldOut): string[] {
  const count = texts.length - development.length - test.length;
  if (count === 0) return [];
  return [
    `${count} of ${texts.length} rows are not trained on, as their ${groupNames ? 'group' : 'text'} comes again among the later test rows`,
  ];
}

/** `fold 3`, or of an inner fold which of which. */
export const foldName = (index: number, inner: Fold['inner']): string =>
  inner === undefined ? `fold ${index}` : `inner fold ${inner.split} of outer fold ${inner.outer}`;

/** Folds whose training rows lack a class that others have. */
export function foldWarnings({ labels, classes }: Dataset, folds: readonly Fold[]): string[] {
  for (const [fold, { train, inner }] of folds.entries()) {
    const has = new Set(Array.from(train, (row) => labels[row]!));
    const missing = classes.filter((_, label) => !has.has(label));
    if (missing.length > 0)
      return [
        `${foldName(fold, inner)} trains on no row of ${missing.length === 1 ? 'class' : 'classes'} ${listed(missing)}: no model can learn it there, and tfidf fails`,
      ];
  }
  return [];
}
