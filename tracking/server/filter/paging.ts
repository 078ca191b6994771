/**
 * Pages by the last row seen, not by offset: a run that arrives while someone pages neither shifts the next page
 * nor shows a run twice, and page 1,000 costs what page 1 costs.
 */
import { invalid } from '../errors.js';
import type { Page } from '../store/contract.js';
import type { SqlValue } from '../store/database.js';
import type { Condition } from './compile.js';

/** One column of the ordering. The last term of an ordering must be unique. */
export interface OrderTerm {
  sql: string;
  ascending: boolean;
  /** May be NULL: such rows stand last, whatever the direction. */
  nullable?: boolean;
  /** Tells NaN rows (stored as 0): they stand after the numbers, before the rows without any value. */
  nanSql?: string;
}

const rank = (term: OrderTerm): string | undefined => {
  if (term.nanSql) return `CASE WHEN ${term.sql} IS NULL THEN 2 WHEN ${term.nanSql} THEN 1 ELSE 0 END`;
  return term.nullable ? `(${term.sql} IS NULL)` : undefined;
};

/** The terms as plain SQL columns: where a row without value stands, then the value. */
const columns = (terms: readonly OrderTerm[]): { sql: string; ascending: boolean }[] =>
  terms.flatMap((term) => {
    const rankSql = rank(term);
    const value = { sql: term.sql, ascending: term.ascending };
    return rankSql ? [{ sql: rankSql, ascending: true }, value] : [value];
  });

export const orderBy = (terms: readonly OrderTerm[]): string =>
  columns(terms)
    .map(({ sql, ascending }) => (ascending ? sql : `${sql} DESC`))
    .join(', ');

/** The columns a query selects so that a token can be made of its last row. */
export const cursorColumns = (terms: readonly OrderTerm[]): string =>
  columns(terms)
    .map(({ sql }, index) => `${sql} AS cursor${index}`)
    .join(', ');

export type CursorRow = Record<string, SqlValue>;

/** Rows after the token's: later in the first column, or equal there and later in the second, and so on. */
export function afterToken(terms: readonly OrderTerm[], token: string | undefined): Condition {
  if (token === undefined || token === '') return { sql: '1', values: [] };
  const all = columns(terms);
  const cursor = readToken(token, all.length);
  const alternatives = all.flatMap(({ sql, ascending }, index): Condition[] => {
    const last = cursor[index] as SqlValue;
    // NULL only follows a rank that already set it apart: all rows of that rank are equal in this column.
    if (last === null) return [];
    const equal = all.slice(0, index).map(({ sql: earlier }) => `${earlier} IS ?`);
    return [
      {
        sql: [...equal, `${sql} ${ascending ? '>' : '<'} ?`].join(' AND '),
        values: [...cursor.slice(0, index), last],
      },
    ];
  });
  const [first] = all;
  const start = cursor[0] as SqlValue;
  // Says again, as one range, what the alternatives imply: with it an index can start at the right place.
  const range: Condition =
    first && start !== null
      ? { sql: `${first.sql} ${first.ascending ? '>=' : '<='} ?`, values: [start] }
      : { sql: '1', values: [] };
  return {
    sql: `${range.sql} AND (${alternatives.map(({ sql }) => `(${sql})`).join(' OR ')})`,
    values: [...range.values, ...alternatives.flatMap(({ values }) => values)],
  };
}

/** Cuts the one row too many that tells whether there is a next page, and makes the token for it. */
export function toPage<Row extends CursorRow, T>(
  rows: Row[],
  maxResults: number,
  terms: readonly OrderTerm[],
  build: (rows: Row[]) => T[],
): Page<T> {
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  if (rows.length <= maxResults || !last) return { items: build(page) };
  const cursor = columns(terms).map((_, index) => last[`cursor${index}`] as SqlValue);
  return { items: build(page), nextPageToken: writeToken(cursor) };
}

const writeToken = (cursor: SqlValue[]): string => Buffer.from(JSON.stringify(cursor)).toString('base64url');

function readToken(token: string, length: number): SqlValue[] {
  try {
    const cursor: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const isCell = (cell: unknown) => cell === null || typeof cell === 'string' || typeof cell === 'number';
    if (Array.isArray(cursor) && cursor.length === length && cursor.every(isCell)) return cursor;
  } catch {
    // falls through: a token that is not ours is refused, whatever is wrong with it
  }
  throw invalid('Invalid page token. Use the token of the previous page, with the same filter and order_by.');
}
