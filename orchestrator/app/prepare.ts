/** A search space file and its data, read and checked together before anything is queued. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { pipeline } from 'node:stream/promises';
import {
  type Dataset,
  DatasetError,
  type DatasetFacts,
  datasetFacts,
  datasetParts,
  developmentFolds,
  type Fold,
  foldCount,
  foldDigest,
  foldsFile,
  type HeldOut,
  loadDataset,
  rowsTravel,
  scoredCount,
  splitHeldOut,
  writeSnapshot,
} from '../../learning/data/index.js';
import { datasetInput } from '../../tracking/client/index.js';
import { type Submission, trialCount } from '../search/index.js';
import {
  checkDataset,
  checkFolds,
  checkInnerFolds,
  limitsOf,
  readSearchSpace,
  type SearchSpace,
  SearchSpaceError,
  secondsOf,
} from '../space/index.js';
import { baselines } from './baselines.js';
import { checkWhere } from './check-where.js';
import { cacheDir, homePath } from './home.js';
import { pruningWarnings } from './pruning-warnings.js';
import { resolveValues } from './resolve-values.js';
import { dataWarnings } from './warnings.js';
import { settleVectors } from './word-vectors.js';

/** Files above this take seconds to read: a person is told what is going on, in bytes. */
const LARGE_FILE = 20 * 2 ** 20;

/**
 * Reads and checks everything that a search is made of.
 *
 * @param say - Gets a line about what will take seconds: a large file to read, data or an encoder to fetch.
 * @throws SearchSpaceError when the file is wrong or asks of the data what it can't give
 * @throws DatasetError when the data can't be used
 */
export async function prepare(
  file: string,
  say: (line: string) => void = () => undefined,
): Promise<Submission> {
  return prepareSpace(await readSearchSpace(file), say);
}

/**
 * The same for a search space that was read already.
 *
 * @param within - Folder that files must lie in, for a text from somebody who may not read all files here.
 */
export async function prepareSpace(
  written: SearchSpace,
  say: (line: string) => void = () => undefined,
  within?: string,
): Promise<Submission> {
  return (await prepareWithRows(written, say, within)).submission;
}

/** A submission, and the rows that it was checked with. */
export interface Prepared {
  readonly submission: Submission;
  readonly dataset: Dataset;
  readonly heldOut: HeldOut;
  readonly folds: readonly Fold[];
}

/** The same, for whoever looks at the rows, too. */
export async function prepareWithRows(
  written: SearchSpace,
  say: (line: string) => void = () => undefined,
  within?: string,
): Promise<Prepared> {
  const space = await settleVectors(await resolveValues(written, say), { say, ...(within && { within }) });
  const { path } = space.dataset;
  // A file that isn't there is told of by whoever reads it.
  const found = path === undefined ? undefined : await stat(path).catch(() => undefined);
  if (path !== undefined && found !== undefined && found.size > LARGE_FILE) say(`reading ${basename(path)}…`);
  checkWhere(space, submission(space));
  const cacheFolder = cacheDir(homePath());
  const dataset = await loadDataset(space.dataset, space.seed, {
    cacheFolder,
    onDownload: (address) => say(`reading ${address}…`),
  });
  const heldOut = holdOut(dataset, space);
  const facts = datasetFacts(dataset, heldOut);
  const issues = checkDataset(space, facts);
  if (issues.length > 0) throw new SearchSpaceError(issues);
  const inside = checkInnerFolds(space, dataset, heldOut);
  if (inside.length > 0) throw new SearchSpaceError(inside);
  const folds = developmentFolds(dataset, {
    testSize: space.dataset.test_size,
    seed: space.seed,
    crossValidation: space.cross_validation,
  });
  const misfits = checkFolds(space, dataset, folds);
  if (misfits.length > 0) throw new SearchSpaceError(misfits);
  const parts = datasetParts(dataset, heldOut);
  const file = rowsTravel(space.dataset.source)
    ? await writeSnapshot(dataset, cacheFolder)
    : path !== undefined && { path, sha256: await sha256(path) };
  const asked = submission(space, facts);
  const trials = trialCount({ ...asked, context: asked });
  const prepared: Submission = {
    ...asked,
    rows: {
      name: dataset.name,
      digest: dataset.digest,
      warnings: [...pruningWarnings(space, trials), ...dataWarnings(space, dataset, heldOut, folds)],
      baselines: baselines(space, dataset, heldOut, folds),
      inputs: { train: datasetInput(parts.train), eval: datasetInput(parts.eval) },
      folds: foldsFile(dataset, heldOut, space.cross_validation, folds),
      foldDigests: folds.map(foldDigest),
      ...(file && { file }),
    },
  };
  return { submission: prepared, dataset, heldOut, folds };
}

/**
 * A search space in the words of a submission.
 *
 * @param facts - Of its data: some cross-validations have a fold for each group. @defaultValue there are no groups
 */
export function submission(
  space: SearchSpace,
  facts: Pick<DatasetFacts, 'groups'> = { groups: 0 },
): Omit<Submission, 'rows'> {
  const folds = foldCount(space.cross_validation, facts);
  const scored = scoredCount(space.cross_validation, facts);
  return {
    name: space.name,
    file: space.source.file,
    text: space.source.text,
    dataset: { ...space.dataset },
    cross_validation: { ...space.cross_validation },
    folds,
    ...(scored < folds && { scored }),
    objective: space.objective,
    strategy: { ...space.strategy },
    pruning: { ...space.pruning },
    limits: limitsOf(space.budget),
    models: space.models.map(({ model, axes }) => ({
      model,
      axes: axes.map((axis) => ({ ...axis, values: [...axis.values] })),
    })),
    ...budgetOf(space),
    ...(space.where.length > 0 && { where: space.where }),
    seed: space.seed,
    retries: space.retries,
    registeredModel: space.registered_model,
    baseline: space.baseline === 'tfidf',
    parameters: searchParameters(space, scored),
  };
}

function budgetOf({
  budget: { max_duration: written, max_failures },
}: SearchSpace): Pick<Submission, 'budget'> {
  if (written === undefined && max_failures === undefined) return {};
  return {
    budget: {
      ...(written !== undefined && { max_duration: { written, ms: secondsOf(written)! * 1000 } }),
      ...(max_failures !== undefined && { max_failures }),
    },
  };
}

/** Parameters of the search as scikit-learn's autologging names them, where it has a name. */
function searchParameters(space: SearchSpace, folds: number): Record<string, string | number> {
  const { objective, dataset } = space;
  const { strategy, seed: cv_seed, ...written } = splitParameters(space.cross_validation);
  // The other test_size is the dataset's.
  const { test_size: cv_test_size, ...settings } = { test_size: undefined, ...written };
  const { kind, seed: strategy_seed, ...choice } = space.strategy;
  return {
    scoring: objective.metric,
    direction: objective.direction,
    cv: strategy,
    // Whatever the strategy calls them, the product of the two is the number of folds that score a configuration.
    n_splits: folds,
    n_repeats: 1,
    ...settings,
    ...(cv_test_size !== undefined && { cv_test_size }),
    cv_seed,
    seed: space.seed,
    retries: space.retries,
    strategy: kind,
    ...choice,
    ...(strategy_seed !== undefined && { strategy_seed }),
    ...(space.pruning.folds !== 'off' && { pruning_folds: space.pruning.folds }),
    ...(space.pruning.epochs !== 'off' && { pruning_epochs: space.pruning.epochs }),
    ...space.budget,
    ...(space.where.length > 0 && { where: space.where.map((text) => `(${text})`).join(' && ') }),
    ...(dataset.splits ? { splits: dataset.splits } : { test_size: dataset.test_size }),
    ...(dataset.normalize && { normalize: dataset.normalize }),
    baseline: space.baseline,
    dataset: dataset.path ?? ('task' in dataset ? `${dataset.source}/${dataset.task}` : dataset.source),
    ...(dataset.limit !== undefined && { limit: dataset.limit }),
    param_grid: JSON.stringify(kind === 'list' ? listedConfigurations(space) : gridOfKinds(space)),
  };
}

/** Of nested cross-validation those of the outer folds, which score, under their usual names. */
function splitParameters(cv: SearchSpace['cross_validation']) {
  if (cv.strategy !== 'nested') return cv;
  const { strategy, seed, outer, inner } = cv;
  const { strategy: outer_cv, ...settings } = outer;
  const { strategy: inner_cv, ...inside } = inner;
  const inner_settings = Object.entries(inside).map(([name, value]) => [`inner_${name}`, value] as const);
  return { strategy, seed, outer_cv, inner_cv, ...settings, ...Object.fromEntries(inner_settings) };
}

const gridOfKinds = ({ models }: SearchSpace): object =>
  Object.fromEntries(
    models.map(({ model, axes }) => [
      model,
      Object.fromEntries(axes.map(({ parameter, values, range }) => [parameter, range ?? values])),
    ]),
  );

const listedConfigurations = ({ models }: SearchSpace): readonly object[] =>
  models.map(({ model, axes }) => ({
    model,
    ...Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values[0]])),
  }));

/** The split, or one without test rows, for `checkDataset` to say why there are none and which field to change. */
function holdOut(dataset: Dataset, space: SearchSpace): HeldOut {
  try {
    return splitHeldOut(dataset, space.dataset.test_size, space.seed);
  } catch (error) {
    if (!(error instanceof DatasetError)) throw error;
    return { development: Int32Array.from(dataset.texts.keys()), test: new Int32Array() };
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}
