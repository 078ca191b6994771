/**
 * Pages by the last row seen, not by offset: a run that arrives while someone pages neither shifts the next page
 * nor shows a run twice, and page 1,000 costs what page 1 costs.
 */
import { createHash } from 'node:crypto';
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
const columns = (terms: readonly OrderTerm[]): Column[] =>
  terms.flatMap((term) => {
    const rankSql = rank(term);
    const value = { sql: term.sql, ascending: term.ascending, nullable: rankSql !== undefined };
    return rankSql ? [{ sql: rankSql, ascending: true, nullable: false }, value] : [value];
  });

interface Column {
  sql: string;
  ascending: boolean;
  nullable: boolean;
}

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

/** What else than the ordering a token holds for, under the name that a refusal gives it. */
export type Scope = Readonly<Record<string, unknown>>;

/** Rows after the token's: later in the first column, or equal there and later in the second, and so on. */
export function afterToken(
  terms: readonly OrderTerm[],
  token: string | undefined,
  scope: Scope = {},
): Condition {
  if (token === undefined || token === '') return { sql: '1', values: [] };
  const all = columns(terms);
  const cursor = readToken(token, all, scope);
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
  scope: Scope = {},
): Page<T> {
  const page = rows.slice(0, maxResults);
  const last = page.at(-1);
  if (rows.length <= maxResults || !last) return { items: build(page) };
  const cursor = columns(terms).map((_, index) => last[`cursor${index}`] as SqlValue);
  return { items: build(page), nextPageToken: writeToken([...marks(scope), ...cursor]) };
}

/** One short text for each part of the scope: a token need not carry a filter of 100,000 characters. */
const marks = (scope: Scope): string[] =>
  Object.values(scope).map((part) =>
    createHash('sha256')
      .update(JSON.stringify(part) ?? '')
      .digest('base64url')
      .slice(0, 10),
  );

const writeToken = (cells: SqlValue[]): string => Buffer.from(JSON.stringify(cells)).toString('base64url');

function readToken(token: string, all: readonly Column[], scope: Scope): SqlValue[] {
  const expected = marks(scope);
  const cells = readCells(token);
  const found = cells?.splice(0, expected.length);
  const other = Object.keys(scope).find((_, index) => found?.[index] !== expected[index]);
  if (cells && other) throw invalid(`${other} in the page token does not match that of the request.`);
  const fits = (cell: SqlValue, index: number) => cell !== null || all[index]?.nullable === true;
  if (cells?.length === all.length && cells.every(fits)) return cells;
  throw invalid('Invalid page token. Use the token of the previous page, with the same filter and order_by.');
}

/** What a token is made of; of one that is not ours, whatever is wrong with it, nothing. */
function readCells(token: string): SqlValue[] | undefined {
  try {
    const cells: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    const isCell = (cell: unknown) => cell === null || typeof cell === 'string' || typeof cell === 'number';
    return Array.isArray(cells) && cells.every(isCell) ? cells : undefined;
  } catch {
    return undefined;
  }
}
