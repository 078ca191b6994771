/** `show CHILD` and `show FOLD`. */
import {
  compareTrialRows,
  type Evidence,
  type FoldSummary,
  type FoundRun,
  foldsOf,
  nameOf,
  type RowComparison,
  readEvidence,
  type SearchSummary,
  sparkline,
  type TrialSummary,
} from '../../review/results/index.js';
import { simplicity, type TrackingClient } from '../app/index.js';
import { fittedLines, terminalWidth } from './fit.js';
import { print, printDocument } from './output.js';
import { plain, signed, significant, spread } from './render.js';
import { childDocument, foldDocument } from './show-document.js';
import { foldsTable } from './tables.js';

export async function showRun(
  client: TrackingClient,
  { search, trial, fold }: FoundRun,
  { json, wide }: { readonly json: boolean; readonly wide: boolean },
): Promise<void> {
  const { searchId, objective } = search;
  if (fold !== undefined) {
    if (json) return printDocument('show-fold', { searchId, childRunId: trial.runId, ...foldDocument(fold) });
    return print(...fittedLines(await foldText(client, search, trial, fold), terminalWidth()));
  }
  const [folds, evidence] = await Promise.all([
    foldsOf(client, search, trial),
    readEvidence(client, search, simplicity),
  ]);
  const row = evidence.columns.runId.indexOf(trial.runId);
  const winner = evidence.winner === null ? undefined : evidence.columns.runId[evidence.winner];
  const rows =
    winner === undefined || winner === trial.runId
      ? null
      : ((await compareTrialRows(client, search, trial, { runId: winner })) ?? null);
  if (json) {
    const child = childDocument(trial, folds, evidence, row === -1 ? undefined : row);
    return printDocument('show-child', {
      searchId,
      ...child,
      rows: rows && { ...rows, differing: [...rows.differing] },
    });
  }
  const { metric } = objective;
  const lines = [
    `${nameOf(trial)} of search ${searchId} · ${trial.status} · child run ${trial.runId}`,
    ...(trial.failure === undefined ? [] : [`Failed: ${plain(trial.failure)}`]),
    ...(trial.pruned === undefined ? [] : [`Pruned: ${plain(trial.pruned)}`]),
    ...(trial.mean === undefined
      ? []
      : [`${metric} ${spread(trial.mean, trial.std)}${place(evidence, row)}`]),
    ...against(evidence, row),
    ...rowLines(rows),
    ...parameterLines(trial),
    ...(folds.length === 0
      ? []
      : ['', foldsTable(metric, [{ name: nameOf(trial), folds }], { width: terminalWidth(), wide })]),
    ...attemptLines(folds),
  ];
  print(...fittedLines(lines, terminalWidth()));
}

const place = ({ columns, leftOut }: Evidence, row: number): string => {
  const rank = columns.rank[row];
  return rank === undefined || rank === null ? '' : `, rank ${rank} of ${columns.rank.length + leftOut}`;
};

function against({ winner, against, columns, rule }: Evidence, row: number): string[] {
  const [difference, low, high, p] = [against.difference, against.low, against.high, against.p].map(
    (column) => column[row] ?? null,
  );
  if (row !== -1 && row === winner) return ['The best of them.'];
  if (winner === null || difference === null || difference === undefined) return [];
  const told = against.alike[row] ? 'can’t be told from it' : 'told apart from it';
  return [
    `To ${columns.name[winner]}: ${signed(difference)}, 95 % interval ${signed(low!)} to ${signed(high!)}, p ${significant(p)} (corrected t-test, Holm): ${told} by ${rule}`,
  ];
}

/** Each row is judged by a model that did not train on it. */
const rowLines = (rows: RowComparison | null): string[] =>
  rows === null
    ? []
    : [
        `Of ${rows.rows} validation rows it alone gets ${rows.onlyFirst} right, the best alone ${rows.onlySecond}: p ${significant(rows.p)} (McNemar)`,
      ];

const parameterLines = ({ configuration: { model, parameters } }: TrialSummary): string[] =>
  Object.entries({ model, ...parameters }).map(([name, value]) => plain(`  ${name} = ${value}`));

async function foldText(
  client: TrackingClient,
  { searchId, objective: { metric } }: SearchSummary,
  trial: TrialSummary,
  fold: FoldSummary,
): Promise<string[]> {
  const { metrics, kept } = fold;
  const curves = Object.keys(metrics)
    .filter((name) => name.startsWith('val_') && fold.reusedFrom === undefined)
    .sort();
  const lines = await Promise.all(curves.map((name) => curveLine(client, fold.runId, name)));
  return [
    `${nameOf(trial)}-fold-${fold.fold} of search ${searchId} · ${fold.status} · fold run ${fold.runId}`,
    ...(fold.failure === undefined ? [] : [`Failed: ${plain(fold.failure)}`]),
    // One that was stopped within a fold has no other.
    ...(trial.stop?.at === undefined ? [] : [`Pruned: ${plain(trial.pruned ?? '')}`]),
    ...(fold.reusedFrom === undefined
      ? []
      : [
          `Taken over from search ${plain(fold.reusedFrom.searchId)}, whose run ${plain(fold.reusedFrom.runId)} has its curves and predictions`,
        ]),
    ...(metrics.score === undefined ? [] : [`${metric} ${significant(metrics.score)}`]),
    ...(metrics.best_epoch === undefined ? [] : [`Kept after epoch ${metrics.best_epoch}:`]),
    ...Object.entries(kept).map(([name, value]) => `  ${name} = ${significant(value)}`),
    ...(metrics.fit_time === undefined ? [] : [`Trained in ${metrics.fit_time.toFixed(2)} s`]),
    ...lines,
    ...attemptLines([fold]),
  ];
}

/** A metric over the epochs. */
async function curveLine(client: TrackingClient, runId: string, name: string): Promise<string> {
  const points = (await client.metricHistory(runId, name)).toSorted((a, b) => a.step - b.step);
  const values = points.map(({ value }) => value);
  const known = values.filter((value) => !Number.isNaN(value));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `${name} over ${values.length} epochs: ${sparkline(values, low, high)} ${significant(low)} to ${significant(high)}`;
}

/** Folds that were tried more than once, and why. */
export const attemptLines = (folds: readonly FoldSummary[]): string[] =>
  folds
    .filter(({ attempts }) => attempts.length > 0)
    .map(({ runName, attempts }) => {
      const told = attempts.map(({ worker, reason }) => `${plain(reason)} (${plain(worker)})`).join('; ');
      return `${plain(runName)}: attempt ${attempts.length + 1}; before it: ${told}`;
    });
