/** The rows of a search's table: which are shown, in which order. */
import type { Columns, Value } from '../api.js';
import { parseFilter, type Row } from './filter.js';
import { sortedBy } from './sort.js';

/** A row's number in the columns. */
type Index = number;

export interface Shown {
  readonly rows: readonly Index[];
  readonly error: string | undefined;
}

/** Columns of numbers beside those of the table, by name. */
export type Further = Readonly<Record<string, readonly (number | null)[]>>;

/** What may be sorted and filtered by, beside the parameters. */
export const MEASURES = ['rank', 'mean', 'std', 'fit', 'name', 'model', 'status', 'generation'] as const;

export function fieldOf(columns: Columns, row: Index, name: string): Value | null | undefined {
  switch (name) {
    case 'fit':
      return columns.fitSeconds[row];
    case 'rank':
    case 'mean':
    case 'std':
    case 'name':
    case 'model':
    case 'generation':
      return columns[name][row];
    case 'status':
      return columns.status[row]?.toLowerCase();
    default:
      return columns.parameters[name]?.[row];
  }
}

/** @param sort - A field's name, with a minus before it for the other way round; empty for the order of ranks. */
export function shownRows(columns: Columns, filterText: string, sort: string, further: Further = {}): Shown {
  const fields = [...MEASURES, ...Object.keys(further), ...Object.keys(columns.parameters)];
  const field = (row: Index, name: string) =>
    name in further ? further[name]![row] : fieldOf(columns, row, name);
  const filter = parseFilter(filterText, fields);
  const all = columns.runId.map((_, row) => row);
  const kept = 'error' in filter ? all : all.filter((row) => filter.keeps(rowOf(columns, row, field)));
  const rows = sortedBy(kept, sort, field);
  return { rows, error: 'error' in filter ? filter.error : undefined };
}

const rowOf = (
  columns: Columns,
  row: Index,
  field: (row: Index, name: string) => Value | null | undefined,
): Row => ({
  text: `${columns.name[row]} ${columns.status[row]} ${columns.reason[row] ?? ''}`.toLowerCase(),
  field: (name) => field(row, name),
});
