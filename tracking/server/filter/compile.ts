/** Clauses to SQL. Keys and values are always bound, never written into the text. */
import { invalid } from '../errors.js';
import type { SqlValue } from '../store/database.js';
import type { Clause, Comparator, FilterValue } from './parse.js';

export interface Condition {
  sql: string;
  values: SqlValue[];
}

/** Text columns are compared over an indexed prefix first; see the migrations. */
const INDEXED_PREFIX = 100;

/** SQLite goes one level of its stack down with each wildcard. */
const LONGEST_PATTERN = 10_000;

/** `column comparator value`, for a column of text. `indexed` adds the comparison that the prefix index answers. */
export function compareText(column: string, clause: Clause, indexed = false): Condition {
  const { comparator, value } = clause;
  if (value.kind === 'list') {
    // As one value: SQLite binds at most 32,766.
    const values = JSON.stringify(value.values);
    return { sql: `${column} ${comparator} (SELECT value FROM json_each(?))`, values: [values] };
  }
  if (value.kind !== 'text') throw expectedText(clause, value);
  if ((comparator === 'LIKE' || comparator === 'ILIKE') && value.value.length > LONGEST_PATTERN) {
    throw invalid(
      `A ${comparator} pattern can have at most ${LONGEST_PATTERN} characters; it has ${value.value.length}.`,
    );
  }
  switch (comparator) {
    case 'LIKE':
      return { sql: `${column} LIKE ?`, values: [value.value] };
    case 'ILIKE':
      return { sql: `lower(${column}) LIKE lower(?)`, values: [value.value] };
    default:
      return indexed && comparator === '='
        ? {
            sql: `substr(${column}, 1, ${INDEXED_PREFIX}) = substr(?, 1, ${INDEXED_PREFIX}) AND ${column} = ?`,
            values: [value.value, value.value],
          }
        : { sql: `${column} ${comparator} ?`, values: [value.value] };
  }
}

const expectedText = (clause: Clause, value: FilterValue) =>
  invalid(
    `Expected a quoted string value for ${clause.entity ?? 'attributes'} (e.g. 'my-value'). Got value ${value.raw}`,
  );

/** `column comparator value`, for a column of numbers. */
export function compareNumber(column: string, clause: Clause, what: string): Condition {
  const { comparator, value } = clause;
  if (value.kind !== 'number') throw invalid(`Expected numeric value type for ${what}. Found ${value.raw}`);
  return { sql: `${column} ${comparator} ?`, values: [value.value] };
}

/** Throws unless the comparator is one of those that make sense for such a key. */
export function checkComparator(comparator: Comparator, allowed: readonly Comparator[]): void {
  if (!allowed.includes(comparator)) {
    throw invalid(
      `Invalid comparator '${comparator}' not one of '{${allowed.map((one) => `'${one}'`).join(', ')}}'`,
    );
  }
}

export const NUMBER_COMPARATORS: readonly Comparator[] = ['=', '!=', '<', '<=', '>', '>='];
export const TEXT_COMPARATORS: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];
export const VALUE_COMPARATORS: readonly Comparator[] = [
  '=',
  '!=',
  'LIKE',
  'ILIKE',
  'IS NULL',
  'IS NOT NULL',
];

/**
 * A clause over a table of keys and values that belong to an owner: `EXISTS` a row of the owner with that key
 * and such a value. IS NULL asks for the absence of the key.
 */
export function hasKeyValue(table: string, ownerColumn: string, owner: string, clause: Clause): Condition {
  checkComparator(clause.comparator, VALUE_COMPARATORS);
  const row = `SELECT 1 FROM ${table} kv WHERE kv.${ownerColumn} = ${owner} AND kv.key = ?`;
  if (clause.comparator === 'IS NULL') return { sql: `NOT EXISTS (${row})`, values: [clause.key] };
  if (clause.comparator === 'IS NOT NULL') return { sql: `EXISTS (${row})`, values: [clause.key] };
  const { sql, values } = compareText('kv.value', clause);
  return { sql: `EXISTS (${row} AND ${sql})`, values: [clause.key, ...values] };
}

/** All of the conditions. */
export function every(conditions: readonly Condition[]): Condition {
  return {
    sql: conditions.map(({ sql }) => `(${sql})`).join(' AND ') || '1',
    values: conditions.flatMap(({ values }) => values),
  };
}
