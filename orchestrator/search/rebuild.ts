/**
 * A search that the queue has lost, made again from tracking: its parent run keeps what was submitted, its runs what came of
 * it, so only what is missing is trained.
 */
import type { Queue } from 'bullmq';
import {
  type Configuration,
  type FoldResult,
  foldResult,
  type RefitResult,
  refitResult,
  SEARCH,
  type SearchContext,
  scoredFolds,
  scoreName,
  sealData,
  searchPayload,
  type TrialResult,
  trialResult,
} from '../../queue/index.js';
import {
  baselinesOf,
  isNotFound,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  tagIs,
} from '../../tracking/client/index.js';
import { rungsOf } from './history.js';

/** Where the parent run keeps what was submitted. */
export const SUBMITTED = 'gridsearch/search.json';

/** What is known of a window's trials and folds. */
export interface Known {
  /** Trials that are over. */
  readonly trials: TrialResult[];
  /** Folds that are over of trials that are not, by the trial's index. */
  readonly folds: ReadonlyMap<number, { fold: number; result: FoldResult }[]>;
}

/**
 * Queues a search again under its id.
 *
 * @throws Error when its parent run does not hold what was submitted
 */
export async function rebuildSearch(
  parent: Run,
  { tracking, searches }: { tracking: TrackingClient; searches: Queue },
): Promise<void> {
  const searchId = parent.tags[TAGS.searchId] ?? '';
  const text = await tracking.downloadArtifact(parent, SUBMITTED).catch((error: unknown) => {
    if (!isNotFound(error)) throw error;
    throw new Error(`search ${searchId} can't be made again: its parent run has no ${SUBMITTED}`);
  });
  const submitted = searchPayload.parse(JSON.parse(text.toString()));
  const { context } = submitted;
  if (context.searchId !== searchId || context.parentRunId !== parent.info.runId)
    throw new Error(`search ${searchId} can't be made again: ${SUBMITTED} is of another search`);
  const payload = { ...submitted, context: { ...context, rebuilt: true } };
  // Where it was cut went with the queue's data: it is tried whole, unless it is cut again.
  if (parent.tags[TAGS.cut] || parent.tags[TAGS.usedMs])
    await tracking.logBatch(parent.info.runId, { tags: { [TAGS.cut]: '', [TAGS.usedMs]: '' } });
  await searches.add('search', sealData(searchId, payload), { ...SEARCH, jobId: searchId });
}

/** What tracking holds of a window's configurations, whose child runs are `runs`, in the same order. */
export async function knownResults(
  context: SearchContext,
  configurations: readonly Configuration[],
  runs: readonly string[],
  tracking: TrackingClient,
): Promise<Known> {
  const trials: TrialResult[] = [];
  const folds = new Map<number, { fold: number; result: FoldResult }[]>();
  await Promise.all(
    configurations.map(async (configuration, i) => {
      const run = await tracking.getRun(runs[i]!);
      const trial = completeTrialOf(run, configuration, context);
      if (trial !== undefined) return void trials.push(trial);
      const known = await foldsOf(run, context, tracking);
      if (known.length > 0) folds.set(configuration.index, known);
    }),
  );
  return { trials, folds };
}

/** A trial that is complete; of a search that is made again one that failed gets another chance. */
export function completeTrialOf(
  { info, tags, metrics }: Run,
  configuration: Configuration,
  context: Pick<SearchContext, 'folds' | 'scored'>,
): TrialResult | undefined {
  if (info.status !== 'FINISHED' || tags[TAGS.outcome] !== 'complete') return undefined;
  const { mean_test_score: mean, std_test_score: std, mean_best_epochs: epochs } = metrics;
  const scores = Array.from({ length: scoredFolds(context) }, (_, fold) => metrics[scoreName(context, fold)]);
  return trialResult.safeParse({
    runId: info.runId,
    configuration,
    outcome: { kind: 'complete', mean, std, epochs: Math.max(1, Math.round(epochs ?? 0)), scores },
    folds: { finished: context.folds, failed: 0, spared: 0 },
  }).data;
}

async function foldsOf(
  { info }: Run,
  { experimentId, folds }: SearchContext,
  tracking: TrackingClient,
): Promise<{ fold: number; result: FoldResult }[]> {
  const found = new Map<number, FoldResult>();
  const filter = `${tagIs(TAGS.parentRunId, info.runId)} and ${tagIs(TAGS.role, ROLE.fold)}`;
  for await (const run of tracking.searchRuns({ experimentIds: [experimentId], filter })) {
    const fold = Number(run.tags[TAGS.fold]);
    if (run.info.status !== 'FINISHED' || !(fold >= 0 && fold < folds)) continue;
    const result = foldResult.safeParse(foldResultOf(run)).data;
    if (result !== undefined) found.set(fold, result);
  }
  return [...found].map(([fold, result]) => ({ fold, result }));
}

/** What a fold's run tells of it, to be checked. */
export function foldResultOf({ info, metrics, tags }: Run): unknown {
  const rungs = rungsOf({ metrics });
  const stop = tags[TAGS.pruningEvidence];
  return {
    runId: info.runId,
    score: metrics.score ?? null,
    metrics: prefixed('best_val_', metrics),
    bestEpoch: metrics.best_epoch,
    fitSeconds: metrics.fit_time,
    scoreSeconds: metrics.score_time,
    finishedAt: info.endTime,
    engine: tags[TAGS.engine],
    ...(rungs.length > 0 && { rungs }),
    ...(stop !== undefined && { stop: parsed(stop) }),
  };
}

/** @returns null, which no schema of ours takes, for what is no JSON */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Metrics whose names begin so, by the rest of their names. */
const prefixed = (prefix: string, metrics: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(
    Object.entries(metrics).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );

/** The refit that a search that was made again had already. */
export async function knownRefit(
  { experimentId, searchId }: SearchContext,
  winnerRunId: string,
  tracking: TrackingClient,
): Promise<RefitResult | undefined> {
  const filter = `${tagIs(TAGS.searchId, searchId)} and ${tagIs(TAGS.role, ROLE.refit)}`;
  for await (const { info, metrics, tags } of tracking.searchRuns({
    experimentIds: [experimentId],
    filter,
  })) {
    if (info.status !== 'FINISHED' || tags[TAGS.parentRunId] !== winnerRunId) continue;
    return refitResult.safeParse({
      runId: info.runId,
      testMetrics: prefixed('test_', metrics),
      trainingMetrics: prefixed('training_', metrics),
      testDigest: tags[TAGS.testDigest],
      artifact: 'model',
      baseline: baselinesOf(tags[TAGS.baselines])[0],
      engine: tags[TAGS.engine],
      processes: Number(tags[TAGS.processes]),
      threads: Number(tags[TAGS.threads]),
      finishedAt: info.endTime,
    }).data;
  }
  return undefined;
}
