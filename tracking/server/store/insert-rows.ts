/** Several rows in one statement: a call into SQLite costs more than a row does. */
import type { Database, SqlValue } from './database.js';

/** Rows of one statement, the most that fit first. */
const AT_ONCE = [32, 8, 1];

/**
 * Makes what inserts rows in their order, and says how many were written.
 *
 * @param into - As `INSERT INTO tags`.
 * @param after - What follows the values, as `ON CONFLICT`.
 */
export function rowInserter(
  into: string,
  columns: readonly string[],
  after = '',
): (db: Database, rows: readonly SqlValue[][]) => number {
  const row = `(${columns.map(() => '?').join(', ')})`;
  const statements = AT_ONCE.map((count) => ({
    count,
    sql: `${into} (${columns.join(', ')}) VALUES ${Array(count).fill(row).join(', ')} ${after}`,
  }));
  return (db, rows) => {
    let written = 0;
    for (let at = 0; at < rows.length; ) {
      const { count, sql } = statements.find(({ count }) => count <= rows.length - at)!;
      written += db.run(sql, ...rows.slice(at, at + count).flat());
      at += count;
    }
    return written;
  };
}
