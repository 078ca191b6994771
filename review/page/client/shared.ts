/** What the views of one search share beside the address: the rows that are shown, and the one that is pointed at. */
import { signal } from '@preact/signals';
import type { Columns, SearchView, Value } from '../api.js';
import { type Axis, axisOf } from './axis.js';
import { place, setQuery } from './router.js';
import { fieldOf } from './rows.js';

/** The row that is pointed at or in focus. */
export const lit = signal<number | undefined>(undefined);

/** All that a view of a search is drawn from. */
export interface Drawn {
  readonly view: SearchView;
  /** Rows that the filter lets through, in the table's order. */
  readonly rows: readonly number[];
  /** The same, to ask. */
  readonly kept: ReadonlySet<number>;
}

/** Fields of numbers or names that rows differ in, which charts can have as axes. */
export function axesOf({ columns, varying }: SearchView): string[] {
  const kinds = new Set(columns.model);
  return [...(kinds.size > 1 ? ['model'] : []), ...varying, 'mean', 'fit', 'cost', 'size'];
}

export const valuesOf = (view: SearchView, name: string): (Value | null)[] =>
  view.columns.runId.map((_, row) => valueAt(view, row, name));

export const valueAt = ({ columns, evidence }: SearchView, row: number, name: string): Value | null =>
  (name === 'cost'
    ? evidence.against.cost[row]
    : name === 'size'
      ? evidence.sizes[row]
      : fieldOf(columns, row, name)) ?? null;

export const isNumeric = ({ columns }: SearchView, name: string): boolean =>
  ['difference', 'fit', 'generation'].includes(name) ||
  (columns.parameters[name]?.some((value) => typeof value === 'number') ?? false);

/** Fields that come out of training. */
export const isMeasured = (name: string): boolean => ['mean', 'fit', 'cost', 'size'].includes(name);

export const axisFor = (view: SearchView, name: string): Axis =>
  axisOf(valuesOf(view, name), isMeasured(name));

/** What a field is called in words. */
export function titleOf({ search }: SearchView, name: string): string {
  if (name === 'mean') return search.objective.metric;
  if (name === 'fit') return 'fit, s';
  if (name === 'cost') return 'work of a fold';
  if (name === 'size') return 'weights';
  return name;
}

export const isBetter = ({ search }: SearchView, a: number, b: number): boolean =>
  search.objective.direction === 'minimize' ? a < b : a > b;

/** Where a mean lies between the worst, 0, and the best, 1, of those that are known. */
export function shareOf({ columns, search }: SearchView): (row: number) => number | null {
  const known = columns.mean.filter((mean) => mean !== null);
  const [low, high] = [
    known.reduce((least, one) => Math.min(least, one), Number.POSITIVE_INFINITY),
    known.reduce((most, one) => Math.max(most, one), Number.NEGATIVE_INFINITY),
  ];
  const turned = search.objective.direction === 'minimize';
  return (row) => {
    const mean = columns.mean[row] ?? null;
    if (mean === null) return null;
    const share = high === low ? 1 : (mean - low) / (high - low);
    return turned ? 1 - share : share;
  };
}

/** Names of pinned configurations, as the address has them. */
export const pinnedNames = (): string[] => (place.value.query.get('pin') ?? '').split(',').filter(Boolean);

export function togglePin(name: string): void {
  const pinned = pinnedNames();
  setQuery(
    'pin',
    (pinned.includes(name) ? pinned.filter((one) => one !== name) : [...pinned, name]).join(','),
  );
}

export const runIdsOf = ({ name, runId }: Columns, names: readonly string[]): string[] =>
  names.flatMap((one) => runId[name.indexOf(one)] ?? []);
