/** The documents of `show --json`. */
import {
  bestOf,
  type Evidence,
  type FoldSummary,
  foldsOf,
  nameOf,
  type RunSummary,
  rankedTrials,
  readEvidence,
  registeredBy,
  type SearchSummary,
  type TrialSummary,
  termsOf,
} from '../../review/results/index.js';
import { simplicity, type TrackingClient } from '../app/index.js';
import type { DocumentOf } from './documents/index.js';

/** Requests under way at a time. */
const AT_ONCE = 16;

type ShowDocument = DocumentOf<'show'>;
type ChildDocument = ShowDocument['children'][number];

/**
 * The document of a search, in pieces: of a large search it is larger than a string may be.
 *
 * @param top - Children to list.
 * @param detailed - Children whose folds to list.
 */
export async function* searchDocument(
  client: TrackingClient,
  search: SearchSummary,
  {
    top = Number.POSITIVE_INFINITY,
    folds: detailed = Number.POSITIVE_INFINITY,
  }: { top?: number; folds?: number },
): AsyncGenerator<string> {
  const { searchId, experimentId, objective, datasetDigest, params, metrics } = search;
  const evidence = await readEvidence(client, search, simplicity);
  const head: Omit<ShowDocument, 'children'> = {
    searchId,
    experimentId,
    parentRunId: search.runId,
    ...runOf(search),
    objective,
    terms: termsDocument(search),
    cut: search.cut,
    reused: search.reused && { folds: search.reused.folds, from: [...search.reused.from] },
    extends: search.extends,
    retryOf: search.retryOf,
    datasetDigest,
    params,
    metrics,
    best: await bestOf(client, search),
    refit: evidence.refit,
    registered: await registeredBy(client, search),
    evidence: evidenceDocument(evidence),
  };
  const rows = new Map(evidence.columns.runId.map((runId, row) => [runId, row]));
  yield `${JSON.stringify(head, null, 2).slice(0, -'\n}'.length)},\n  "children": [`;
  let written = 0;
  const piece = async (trial: TrialSummary, i: number): Promise<string> => {
    const rank = written + i;
    const folds = rank < detailed ? await foldsOf(client, search, trial) : [];
    const child = childDocument(trial, folds, evidence, rows.get(trial.runId));
    return `${rank === 0 ? '' : ','}\n${JSON.stringify(child, null, 2).replace(/^/gm, '    ')}`;
  };
  let batch: TrialSummary[] = [];
  for await (const trial of rankedTrials(client, search)) {
    if (written + batch.length === top) break;
    batch.push(trial);
    if (batch.length < AT_ONCE) continue;
    yield* await Promise.all(batch.map(piece));
    written += batch.length;
    batch = [];
  }
  yield* await Promise.all(batch.map(piece));
  written += batch.length;
  yield `${written === 0 ? '' : '\n  '}]\n}\n`;
}

function evidenceDocument(evidence: Evidence): ShowDocument['evidence'] {
  const { verdict, scores, compared, leftOut, rule, region, standardError, simplest } = evidence;
  const { leastDifference, repeats, baselines, nested, importances } = evidence;
  const names = (rows: readonly number[]): string[] => rows.map((row) => evidence.columns.name[row]!);
  return {
    verdict: [...verdict],
    scores,
    compared,
    leftOut,
    rule,
    alike: names(evidence.alike),
    region,
    standardError,
    simplest: simplest === null ? null : evidence.columns.name[simplest]!,
    leastDifference,
    repeats,
    baselines: [...baselines],
    nested,
    importances: importances.map(({ effects, ...rest }) => ({
      ...rest,
      effects: effects.map(({ parameters, share, levels }) => ({
        parameters: [...parameters],
        share,
        levels: [...levels],
      })),
    })),
    pareto: names(evidence.pareto),
    bestSoFar: names(evidence.bestSoFar),
  };
}

function termsDocument(search: SearchSummary): ShowDocument['terms'] {
  const { pruning, ...terms } = termsOf(search);
  return { ...terms, pruning: [...pruning] };
}

/** @param row - Its place among what was compared; undefined where it was not. */
export function childDocument(
  trial: TrialSummary,
  folds: readonly FoldSummary[],
  evidence: Evidence,
  row: number | undefined,
): ChildDocument {
  return {
    ...runOf(trial),
    name: nameOf(trial),
    configuration: trial.configuration,
    mean: trial.mean ?? null,
    std: trial.std ?? null,
    pruned: trial.pruned ?? null,
    stop: trial.stop ?? null,
    generation: row === undefined ? null : (evidence.columns.generation[row] ?? null),
    againstWinner: row === undefined ? null : comparison(evidence, row),
    metrics: trial.metrics,
    folds: folds.map(foldDocument),
  };
}

function comparison({ against }: Evidence, row: number): ChildDocument['againstWinner'] {
  const [difference, low, high] = [against.difference[row]!, against.low[row]!, against.high[row]!];
  const [p, sameInPractice, alike] = [against.p[row]!, against.sameInPractice[row]!, against.alike[row]!];
  return difference === null ? null : { difference, low, high, p, sameInPractice, alike };
}

export const foldDocument = (fold: FoldSummary): ChildDocument['folds'][number] => ({
  ...runOf(fold),
  fold: fold.fold,
  inner: fold.inner ?? null,
  score: fold.metrics.score ?? null,
  bestEpoch: fold.metrics.best_epoch ?? null,
  fitSeconds: fold.metrics.fit_time ?? null,
  attempts: [...fold.attempts],
  reusedFrom: fold.reusedFrom ?? null,
  metrics: fold.kept,
});

/** What every run shows of itself. */
const runOf = ({ runId, runName, status, startTime, endTime, failure }: RunSummary) => ({
  runId,
  runName,
  status,
  startTime,
  endTime,
  failure: failure ?? null,
});
