/** The tables of a search: its trials, and their folds. */
import type { FoldSummary, SearchSummary, TrialSummary } from '../../review/results/index.js';
import { fixed, spread, table, varying } from './render.js';

/** Columns of the table are the parameters in which so many of the best trials differ; one page of them. */
export const COMPARED = 1000;

/**
 * The ranked table of trials: rank, score, what distinguishes them, times.
 *
 * @param trials - The best of them, at least as many as are shown.
 */
export function trialsTable(search: SearchSummary, trials: readonly TrialSummary[], most: number): string {
  const differing = varying(trials.map(({ params }) => params));
  const shown = trials.slice(0, most);
  const text = table(
    ['rank', `mean ${search.objective.metric}`, ...differing, 'fit s', 'status', 'child run'],
    shown.map(({ status, mean, std, params, metrics, runId }, i) => [
      status === 'FINISHED' ? i + 1 : '–',
      spread(mean, std),
      ...differing.map((name) => params[name] ?? '–'),
      metrics.mean_fit_time === undefined ? '–' : metrics.mean_fit_time.toFixed(2),
      status,
      runId,
    ]),
  );
  const total = trials.length < COMPARED ? trials.length : search.trials;
  return total > shown.length ? `${text}\n… and ${total - shown.length} more` : text;
}

/** Each fold of some trials with its own score. */
export function foldsTable(
  search: SearchSummary,
  trials: readonly { readonly trial: TrialSummary; readonly folds: readonly FoldSummary[] }[],
): string {
  return table(
    ['child', 'fold', search.objective.metric, 'loss', 'accuracy', 'best epoch', 'status', 'fold run'],
    trials.flatMap(({ trial, folds }) =>
      folds.map(({ fold, metrics, status, runId }) => [
        trial.runName,
        fold,
        fixed(metrics.score),
        fixed(metrics.val_loss),
        fixed(metrics.val_accuracy),
        metrics.best_epoch ?? '–',
        status,
        runId,
      ]),
    ),
  );
}
