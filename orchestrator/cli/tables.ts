/** The tables of a search: its trials, and their folds. */
import { type Evidence, type FoldSummary, sparkline } from '../../review/results/index.js';
import { type Column, fittedTable } from './fit.js';
import { fixed, plain, signed, significant, spread } from './render.js';

/** How much of a table is shown. */
export interface Extent {
  /** Rows; more are counted. @defaultValue all */
  readonly most?: number;
  /** Columns of the terminal. @defaultValue any number */
  readonly width?: number | undefined;
  /** With run ids and states. */
  readonly wide?: boolean;
}

/** The ranked table of trials: score, folds, difference to the winner, what distinguishes them, times. */
export function trialsTable(
  { columns, against, varying, objective, leftOut }: Evidence,
  { most = Number.POSITIVE_INFINITY, width, wide = false }: Extent = {},
): string {
  const first = <T>(column: readonly T[]): readonly T[] => column.slice(0, most);
  const kinds = new Set(columns.model).size > 1;
  const scores = first(columns.folds)
    .flat()
    .filter((score) => score !== null);
  const [low, high] = [Math.min(...scores), Math.max(...scores)];
  const unfinished = first(columns.status).some((status) => status !== 'FINISHED');
  const shown: Column[] = [
    { head: 'rank', cells: first(columns.rank).map((rank) => rank ?? '–') },
    { head: 'child', cells: first(columns.name) },
    {
      head: `mean ${objective.metric}`,
      cells: first(columns.mean).map((mean, row) =>
        mean === null ? '–' : `${significant(mean)} ± ${significant(columns.std[row] ?? null)}`,
      ),
    },
    { head: 'folds', cells: first(columns.folds).map((folds) => sparkline(folds, low, high)) },
    { head: 'to winner', cells: first(against.difference).map(signed) },
    ...(kinds ? [{ head: 'model', cells: first(columns.model), optional: true }] : []),
    ...varying.map((name) => ({
      head: name,
      cells: first(columns.parameters[name]!).map((value) => value ?? '–'),
      optional: true,
    })),
    { head: 'fit s', cells: first(columns.fitSeconds).map((seconds) => seconds?.toFixed(2) ?? '–') },
    ...(unfinished || wide ? [{ head: 'status', cells: first(columns.status) }] : []),
    ...(wide ? [{ head: 'child run', cells: first(columns.runId) }] : []),
  ];
  const text = fittedTable(shown, wide ? undefined : width);
  const more = columns.name.length + leftOut - shown[0]!.cells.length;
  return more > 0 ? `${text}\n… and ${more} more` : text;
}

/** Names that a line tells. */
const NAMED = 10;

/** Who can't be told from the winner, by name. */
export function alikeLines({ alike, columns }: Evidence): string[] {
  if (alike.length === 0) return [];
  const more = alike.length > NAMED ? ` and ${alike.length - NAMED} more` : '';
  const names = alike.slice(0, NAMED).map((row) => columns.name[row]);
  return [plain(`Not distinguishable from the winner: ${names.join(', ')}${more}`)];
}

/** What the winner is held against. */
export function baselineLines({ baselines, objective }: Evidence): string[] {
  return baselines.map(({ name, mean, test }) =>
    plain(`Baseline ${name}: mean ${objective.metric} ${fixed(mean)}, test ${fixed(test)}`),
  );
}

/** What the search is worth as a whole, beside the winner's own mean. */
export function nestedLines({ nested, objective, columns, winner }: Evidence): string[] {
  if (nested === null || winner === null) return [];
  const { mean, std, optimism } = nested;
  const own = `the winner's own mean ${fixed(columns.mean[winner] ?? undefined)}`;
  const says = optimism > 0 ? `${own} is optimistic` : `${own} is not above it`;
  return [plain(`Nested estimate of the whole search: ${objective.metric} ${spread(mean, std)}; ${says}`)];
}

/** Each fold of some trials with its own score. */
export function foldsTable(
  metric: string,
  trials: readonly { readonly name: string; readonly folds: readonly FoldSummary[] }[],
  { width, wide = false }: Extent = {},
): string {
  // All of the epoch whose weights were kept, as the score is.
  const beside = ['loss', 'accuracy'].filter((name) => name !== metric);
  const rows = trials.flatMap(({ name, folds }) => folds.map((fold) => ({ name, fold })));
  return fittedTable(
    [
      { head: 'child', cells: rows.map(({ name }) => name) },
      {
        head: 'fold',
        cells: rows.map(({ fold }) => (fold.inner === undefined ? fold.fold : `inner ${fold.inner}`)),
      },
      { head: metric, cells: rows.map(({ fold }) => fixed(fold.metrics.score)) },
      ...beside.map((name) => ({
        head: name,
        cells: rows.map(({ fold }) => fixed(fold.kept[name])),
        optional: true,
      })),
      { head: 'best epoch', cells: rows.map(({ fold }) => fold.metrics.best_epoch ?? '–') },
      {
        head: 'status',
        cells: rows.map(({ fold }) => (fold.reusedFrom === undefined ? fold.status : 'TAKEN OVER')),
      },
      ...(wide ? [{ head: 'fold run', cells: rows.map(({ fold }) => fold.runId) }] : []),
    ],
    wide ? undefined : width,
  );
}
