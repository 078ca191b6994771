/**
 * What anybody gets without a search: TF-IDF and a logistic regression with settings that nobody tuned, under the search's
 * own folds and on its test rows. Once a dataset and folds: the answer is kept in the cache.
 */
import { hash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { developmentFolds, splitHeldOut } from '../learning/data/index.js';
import { fitFeatures } from '../learning/features/index.js';
import { classificationMetrics } from '../learning/metrics/index.js';
import { modelKind, modelParameters, type Parameters } from '../learning/models/index.js';
import { trainClassifier } from '../learning/training/index.js';
import { type BaselineResult, baselineResult, type SearchContext } from '../queue/index.js';
import { fitContext, type JobDeps } from './job.js';
import { labelsOf, rowsOf } from './rows.js';

const NAME = 'TF-IDF + logistic regression';
const KIND = 'tfidf';
/** Single words and pairs, lightly held back: good on short and on long texts. */
const SETTINGS = { ngram_max: 2, C: 10 };
/** Whatever changes its numbers changes this, too. */
const VERSION = 2;

/**
 * @param between - Waited for between folds, as each of them keeps the thread from everything else.
 * @returns undefined where the rows don't allow it: a fold without one of the classes, texts without words, a score that is none
 */
export async function textBaseline(
  context: SearchContext,
  deps: JobDeps,
  between: () => Promise<unknown>,
): Promise<BaselineResult | undefined> {
  const { digest, dataset: spec, cross_validation, objective, seed } = context;
  const { test_size, splits = null } = spec;
  const key = JSON.stringify([VERSION, digest, test_size, splits, cross_validation, seed, objective.metric]);
  const path = join(deps.cacheDir, 'baselines', `${hash('sha256', key)}.json`);
  const known = await kept(path);
  if (known) return known;
  try {
    // A NaN would not come through JSON, and the search could not read what its refit gave.
    const found = baselineResult.safeParse(await measure(context, deps, between)).data;
    if (found) await keep(path, found);
    return found;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

async function measure(
  context: SearchContext,
  deps: JobDeps,
  between: () => Promise<unknown>,
): Promise<BaselineResult> {
  const { engine, signal } = deps;
  const { dataset, spec, crossValidation, objective } = await rowsOf(context, deps);
  const kind = modelKind(KIND);
  const parameters = modelParameters(kind).parse(SETTINGS) as Parameters;
  const classes = dataset.classes.length;
  const score = async (training: Int32Array, measured: Int32Array): Promise<number> => {
    const features = await fitFeatures(kind.features, dataset, training, parameters, fitContext(deps));
    const labelled = (rows: Int32Array) => ({
      examples: features.examples(rows),
      labels: labelsOf(dataset, rows),
    });
    const train = labelled(training);
    const trained = await trainClassifier({
      engine,
      kind,
      parameters,
      classes,
      input: features.input,
      seed: 0,
      train,
      signal,
    });
    const { examples, labels } = labelled(measured);
    const metrics = classificationMetrics(labels, trained.predict(examples), classes);
    trained.dispose();
    await between();
    return metrics[objective.metric];
  };
  const folds: number[] = [];
  const { test_size: testSize } = spec;
  for (const { train, validation, inner } of developmentFolds(dataset, {
    testSize,
    seed: context.seed,
    crossValidation,
  }))
    if (inner === undefined) folds.push(await score(train, validation));
  const { development, test } = splitHeldOut(dataset, testSize, context.seed);
  const mean = folds.reduce((sum, one) => sum + one, 0) / folds.length;
  const std = Math.sqrt(folds.reduce((sum, one) => sum + (one - mean) ** 2, 0) / folds.length);
  return { name: NAME, mean, std, test: await score(development, test) };
}

async function kept(path: string): Promise<BaselineResult | undefined> {
  try {
    return baselineResult.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function keep(path: string, found: BaselineResult): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${randomUUID()}`;
  await writeFile(partial, JSON.stringify(found));
  await rename(partial, path);
}
