/** What only the data can tell about a search space, told at the line of the field it concerns. */
import type { Finding, SearchSpaceIssue } from './issues.js';
import { findingMessage, formatPath } from './issues.js';
import type { SearchSpace } from './types.js';

/** What a search needs to know of its data before anything is queued. */
export interface DatasetFacts {
  /** Rows after `limit`. */
  readonly rows: number;
  /** Rows left for cross-validation once the test rows are set aside. */
  readonly developmentRows: number;
  readonly classes: readonly string[];
  /** Development rows of the rarest class, texts that occur twice counted once: they stay in one fold. */
  readonly smallestClass: number;
}

/** An issue with a field of a parsed search space. */
export function issueAt(space: SearchSpace, finding: Finding): SearchSpaceIssue {
  const { file, positions } = space.source;
  let place = positions[''] ?? { line: 1, column: 1 };
  // A field that was left to its default is told at the block it would stand in.
  for (let length = finding.path.length; length > 0; length -= 1) {
    const found = positions[formatPath(finding.path.slice(0, length))];
    if (found !== undefined) {
      place = found;
      break;
    }
  }
  return { file, ...place, path: formatPath(finding.path), message: findingMessage(finding) };
}

/** Whether the search makes sense on these data: an empty list when it does. */
export function checkDataset(space: SearchSpace, facts: DatasetFacts): SearchSpaceIssue[] {
  const source = space.dataset.source === 'file' ? 'file' : 'source';
  const whole = wholeDataset(facts);
  const held = testRows(space, facts);
  // What is wrong with the rows as a whole, or with the first split, makes everything after it meaningless.
  const findings = whole
    ? [{ path: ['dataset', source], ...whole }]
    : held.length > 0
      ? held
      : [...splits(space, facts), ...metric(space, facts)];
  return findings
    .map((finding) => issueAt(space, finding))
    .sort((a, b) => a.line - b.line || a.column - b.column);
}

/** Data that no setting can save. */
function wholeDataset({ rows, classes }: DatasetFacts): Pick<Finding, 'what' | 'remedy'> | undefined {
  if (rows === 0) return { what: 'the dataset has no rows', remedy: 'name a file with labelled rows' };
  if (rows === 1)
    return { what: 'the dataset has 1 row', remedy: 'give more: rows to train, to validate and to test' };
  if (classes.length < 2)
    return {
      what: `the dataset has one class only, ${JSON.stringify(classes[0] ?? '')}`,
      remedy: 'give rows of at least two classes, or name another label column',
    };
  // Texts taken for labels; a real task of that kind has several rows a class.
  if (classes.length === rows && rows > 10)
    return {
      what: `each of the ${rows} rows has a class of its own`,
      remedy: 'check which column is the label',
    };
  return undefined;
}

function testRows({ dataset }: SearchSpace, { rows, developmentRows }: DatasetFacts): Finding[] {
  const testRows = rows - developmentRows;
  const path = ['dataset', 'test_size'];
  const value = dataset.test_size;
  // Any size draws a row, unless each class is one text, which has to stay to train on.
  if (testRows < 1)
    return [
      {
        path,
        value,
        what: `leaves no test row out of ${rows}, as no class has two distinct texts`,
        remedy: 'give more rows with texts of their own',
      },
    ];
  if (developmentRows < 2)
    return [
      { path, value, what: `leaves ${developmentRows} of ${rows} rows to train on`, remedy: 'give less' },
    ];
  return [];
}

function splits({ cross_validation: cv }: SearchSpace, facts: DatasetFacts): Finding[] {
  const { developmentRows, smallestClass } = facts;
  const value = cv.n_splits;
  const path = ['cross_validation', 'n_splits'];
  if (cv.strategy === 'hold_out') {
    const validationRows = Math.floor(developmentRows * (cv.validation_size ?? 0));
    const few = validationRows < 1 || smallestClass < 2;
    const what =
      smallestClass < 2 ? classTooSmall(smallestClass) : `leaves no validation row out of ${developmentRows}`;
    return few
      ? [
          {
            path: ['cross_validation', 'validation_size'],
            value: cv.validation_size,
            what,
            remedy: 'give more rows',
          },
        ]
      : [];
  }
  if (cv.strategy === 'k_fold')
    return developmentRows < value
      ? [
          {
            path,
            value,
            what: `is more than the ${developmentRows} development rows`,
            remedy: atMost(developmentRows),
          },
        ]
      : [];
  if (smallestClass >= value) return [];
  return [
    {
      path,
      value,
      what: `is more than the ${smallestClass} distinct development texts of the smallest class`,
      remedy: smallestClass < 2 ? 'give more rows of that class' : atMost(smallestClass),
    },
  ];
}

function metric({ objective, cross_validation }: SearchSpace, facts: DatasetFacts): Finding[] {
  const path = ['objective', 'metric'];
  const value = objective.metric;
  // With more classes, a fold's area is the mean over those that it has.
  if (
    value === 'roc_auc' &&
    facts.classes.length === 2 &&
    cross_validation.strategy === 'k_fold' &&
    facts.smallestClass < cross_validation.n_splits
  )
    return [
      {
        path,
        value,
        what: `is not defined in a fold without the smallest class, which has ${facts.smallestClass} development rows`,
        remedy: 'use strategy: stratified_k_fold with fewer folds, or metric: accuracy',
      },
    ];
  return [];
}

const atMost = (most: number): string => `give at most ${most}, or more rows`;
const classTooSmall = (rows: number): string => `cannot split a class of ${rows} development rows`;
