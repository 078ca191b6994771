/** What only the data can tell about a search space, told at the line of the field it concerns. */
import {
  crossValidationComplaints,
  type DatasetFacts,
  mayLackClass,
  namingField,
} from '../../learning/data/index.js';
import { metricOf } from '../../learning/metrics/index.js';
import type { Finding, SearchSpaceIssue } from './issues.js';
import { findingMessage, formatPath } from './issues.js';
import type { SearchSpace } from './types.js';

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
  const source = namingField(space.dataset.source);
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

/** Data that no setting can save; whoever loaded them has refused none, one row and one class. */
function wholeDataset({ rows, classes }: DatasetFacts): Pick<Finding, 'what' | 'remedy'> | undefined {
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
  const path = ['dataset', dataset.splits ? 'splits' : 'test_size'];
  const value = dataset.splits ?? dataset.test_size;
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

function splits({ cross_validation }: SearchSpace, facts: DatasetFacts): Finding[] {
  return crossValidationComplaints(cross_validation, facts).map(({ field, ...complaint }) => ({
    path: ['cross_validation', ...field.split('.')],
    ...complaint,
  }));
}

function metric({ objective, cross_validation }: SearchSpace, facts: DatasetFacts): Finding[] {
  const value = objective.metric;
  // With more classes, a fold's area is the mean over those that it has.
  const needed = metricOf(value).needsBothClasses && facts.classes.length === 2;
  if (!needed || !mayLackClass(cross_validation, facts)) return [];
  return [
    {
      path: ['objective', 'metric'],
      value,
      what: `is not defined in a fold without the smallest class, which has ${facts.smallestClass} development rows`,
      remedy: 'use strategy: stratified_k_fold with fewer folds, or metric: accuracy',
    },
  ];
}
