/** Whether a search can be scored on its folds as they came out: what only the split itself tells. */
import {
  crossValidation,
  crossValidationComplaints,
  type Dataset,
  DatasetError,
  datasetFacts,
  type Fold,
  foldName,
  foldsOf,
  type HeldOut,
  splitStopping,
} from '../../learning/data/index.js';
import { metricOf } from '../../learning/metrics/index.js';
import { issueAt } from './check-dataset.js';
import type { Finding, SearchSpaceIssue } from './issues.js';
import { showValue } from './issues.js';
import type { SearchSpace } from './types.js';

/** An empty list when every fold can be trained and scored. Groups and times may give a fold rows of one class alone. */
export function checkFolds(space: SearchSpace, dataset: Dataset, folds: readonly Fold[]): SearchSpaceIssue[] {
  const findings = [...oneClass(space, dataset, folds), ...stopping(space, dataset, folds)];
  return findings.map((finding) => issueAt(space, finding));
}

/** What the inner folds of nested cross-validation ask of the training rows of each outer fold, and they can't give. */
export function checkInnerFolds(
  { cross_validation: cv, ...space }: SearchSpace,
  dataset: Dataset,
  heldOut: HeldOut,
): SearchSpaceIssue[] {
  if (cv.strategy !== 'nested') return [];
  const { outer, inner, seed } = cv;
  const folds = foldsOf(dataset, heldOut.development, crossValidation.parse({ ...outer, seed }));
  for (const [fold, { train }] of folds.entries()) {
    const facts = datasetFacts(dataset, { ...heldOut, development: train });
    const [first] = crossValidationComplaints(crossValidation.parse({ ...inner, seed }), facts);
    if (first === undefined) continue;
    const { field, what, ...complaint } = first;
    const path = ['cross_validation', 'inner', field];
    const whose = `${what}, counting what outer fold ${fold} trains on`;
    return [issueAt({ ...space, cross_validation: cv }, { path, what: whose, ...complaint })];
  }
  return [];
}

/** The only class among some rows; undefined when there are more. */
function onlyClass({ labels, classes }: Dataset, rows: Int32Array): string | undefined {
  const first = labels[rows[0]!]!;
  return rows.every((row) => labels[row] === first) ? classes[first] : undefined;
}

function oneClass(
  { cross_validation: { strategy }, objective: { metric } }: SearchSpace,
  dataset: Dataset,
  folds: readonly Fold[],
): Finding[] {
  const trained = folds.map(({ train }) => onlyClass(dataset, train));
  const untrainable = trained.findIndex((name) => name !== undefined);
  if (untrainable !== -1)
    return [
      {
        path: ['cross_validation', 'strategy'],
        value: strategy,
        what: `trains ${foldName(untrainable, folds[untrainable]!.inner)} on rows of class ${showValue(trained[untrainable])} alone`,
        remedy: 'ask for fewer folds, use another strategy, or give more rows',
      },
    ];
  // With more classes, a fold's area is the mean over those that it has.
  if (!metricOf(metric).needsBothClasses || dataset.classes.length !== 2) return [];
  const measured = folds.map(({ validation }) => onlyClass(dataset, validation));
  const undefinedIn = measured.findIndex((name) => name !== undefined);
  if (undefinedIn === -1) return [];
  return [
    {
      path: ['objective', 'metric'],
      value: metric,
      what: `is not defined in ${foldName(undefinedIn, folds[undefinedIn]!.inner)}, whose validation rows are all of class ${showValue(measured[undefinedIn])}`,
      remedy: 'use metric: accuracy, or fewer folds',
    },
  ];
}

/** Whole groups, or a group that goes on until the end, may leave nothing to set aside. */
function stopping({ models, seed }: SearchSpace, dataset: Dataset, folds: readonly Fold[]): Finding[] {
  if (dataset.groupNames === undefined && dataset.times === undefined) return [];
  const asked = models.flatMap(({ model, axes }) =>
    axes
      .filter(({ parameter }) => parameter === 'validation_size')
      .flatMap(({ values }) => values.map((value) => ({ model, size: Number(value) }))),
  );
  for (const { model, size } of asked.filter(({ size }) => size > 0))
    for (const [index, fold] of folds.entries())
      if (!canSetAside(dataset, fold.train, size, seed))
        return [
          {
            path: ['models', model, 'early_stopping', 'validation_size'],
            value: size,
            what: `can set none of the ${fold.train.length} training rows of ${foldName(index, fold.inner)} aside and keep groups whole`,
            remedy: 'remove it, or give rows of more groups',
          },
        ];
  return [];
}

function canSetAside(dataset: Dataset, train: Int32Array, size: number, seed: number): boolean {
  try {
    return splitStopping(dataset, train, size, seed).train.length > 0;
  } catch (error) {
    if (error instanceof DatasetError) return false;
    throw error;
  }
}
