/** One SQLite connection: typed queries over cached statements, transactions, migrations at open. */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { MIGRATIONS } from './migrations.js';

export type SqlValue = string | number | null;

export interface Database {
  get<Row>(sql: string, ...values: SqlValue[]): Row | undefined;
  all<Row>(sql: string, ...values: SqlValue[]): Row[];
  /** Returns the number of rows changed. */
  run(sql: string, ...values: SqlValue[]): number;
  /** Inserts one row and returns its row id. */
  insert(sql: string, ...values: SqlValue[]): number;
  /** Runs `work` in one IMMEDIATE transaction; called within another, it is a part of that one, which can fail by itself. */
  write<T>(work: () => T): T;
  /** Runs `work` on one snapshot, so that several queries agree with each other. */
  read<T>(work: () => T): T;
  close(): void;
}

type Statement = ReturnType<InstanceType<typeof DatabaseSync>['prepare']>;

/**
 * Searches come in many shapes, each its own statement text; beyond this many the least recently used goes.
 */
const CACHED_STATEMENTS = 300;
const BUSY_TIMEOUT_MS = 20_000;
/** After so long without a write the log's file is cut. */
const IDLE_MS = 2000;

/**
 * Opens (and creates or upgrades) the database file.
 *
 * Durability: WAL with `synchronous = NORMAL`. A commit has been handed to the operating system when the
 * client reads the answer, so `kill -9` of this process loses nothing; a power cut may lose the last
 * commits, but never the file. `FULL` would pay one fsync per request for that last case.
 *
 * The log is folded into the file every 10,000 pages (40 MB) instead of every 1,000: each time waits for the disk, and a
 * search writes a thousand pages with every fifty folds. Folding leaves its file as long as it was; that is cut when
 * nobody has written for a while, at the end, and at the start, for those who were killed.
 *
 * Several processes may open the same file. Every write transaction is IMMEDIATE: it takes the write lock at
 * its start, where waiting is safe, and never has to upgrade a read lock half-way, where SQLite could only fail.
 */
export function openDatabase(path: string): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeToOthers(path);
  const connection = new DatabaseSync(path);
  connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
  writeAhead(connection);
  connection.exec(`
    PRAGMA synchronous = NORMAL;
    PRAGMA foreign_keys = ON;
    PRAGMA case_sensitive_like = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = -65536;
    PRAGMA mmap_size = 268435456;
    PRAGMA wal_autocheckpoint = 10000;
  `);
  migrate(connection);

  /** Gives up at once where another process is in the way: nothing is lost but the place on the disk. */
  const truncateLog = () => {
    try {
      connection.exec('PRAGMA busy_timeout = 0; PRAGMA wal_checkpoint(TRUNCATE)');
    } catch {
      // As busy as can be, or the disk is full; the next time will do.
    } finally {
      connection.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    }
  };
  truncateLog();
  const idle = setTimeout(truncateLog, IDLE_MS).unref();

  const statements = new Map<string, Statement>();
  const prepare = (sql: string): Statement => {
    const cached = statements.get(sql);
    if (cached) {
      statements.delete(sql);
      statements.set(sql, cached);
      return cached;
    }
    const statement = connection.prepare(sql);
    statements.set(sql, statement);
    if (statements.size > CACHED_STATEMENTS) statements.delete(statements.keys().next().value as string);
    return statement;
  };

  /** A part of the transaction under way: when it fails, what it wrote is taken back, and the rest stands. */
  const part = <T>(work: () => T): T => {
    prepare('SAVEPOINT part').run();
    try {
      return work();
    } catch (error) {
      // SQLite ends the whole transaction itself when the disk is full.
      if (connection.isTransaction) prepare('ROLLBACK TO part').run();
      throw error;
    } finally {
      if (connection.isTransaction) prepare('RELEASE part').run();
    }
  };
  const transaction = <T>(begin: string, work: () => T): T => {
    prepare(begin).run();
    try {
      const result = work();
      prepare('COMMIT').run();
      return result;
    } catch (error) {
      if (connection.isTransaction) prepare('ROLLBACK').run();
      throw error;
    }
  };

  return {
    get: <Row>(sql: string, ...values: SqlValue[]) => prepare(sql).get(...values) as Row | undefined,
    all: <Row>(sql: string, ...values: SqlValue[]) => prepare(sql).all(...values) as Row[],
    run: (sql, ...values) => prepare(sql).run(...values).changes,
    insert: (sql, ...values) => Number(prepare(sql).run(...values).lastInsertRowid),
    write: (work) => {
      if (connection.isTransaction) return part(work);
      idle.refresh();
      return transaction('BEGIN IMMEDIATE', work);
    },
    read: (work) => (connection.isTransaction ? work() : transaction('BEGIN', work)),
    close: () => {
      clearTimeout(idle);
      statements.clear();
      truncateLog();
      connection.close();
    },
  };
}

/**
 * The file for its owner's eyes only, also where it was there already; SQLite gives the files beside it the same mode.
 * Where a file system or another owner does not allow it, it stays as it is.
 */
function closeToOthers(path: string): void {
  closeSync(openSync(path, 'a', 0o600));
  for (const file of [path, `${path}-wal`, `${path}-shm`]) {
    try {
      chmodSync(file, 0o600);
    } catch {
      // see above
    }
  }
}

/**
 * Turns the write-ahead log on. Of two processes that do so at once on a new file SQLite tells one at once that it is locked,
 * busy timeout or not, as waiting with the read lock that it holds could last for ever; so it is asked again.
 */
function writeAhead(connection: InstanceType<typeof DatabaseSync>): void {
  const until = Date.now() + BUSY_TIMEOUT_MS;
  for (;;) {
    try {
      connection.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!isBusy(error) || Date.now() > until) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5 + Math.random() * 20);
    }
  }
}

const SQLITE_BUSY = 5;

const isBusy = (error: unknown): boolean =>
  error instanceof Error && ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY;

/** Brings the schema to the newest version, in one transaction; two processes opening at once take turns. */
function migrate(connection: InstanceType<typeof DatabaseSync>): void {
  const version = () =>
    (connection.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  if (version() === MIGRATIONS.length) return;
  connection.exec('BEGIN IMMEDIATE');
  try {
    const from = version();
    if (from > MIGRATIONS.length) {
      throw new Error(
        `the tracking database is of schema version ${from}, this program knows up to ${MIGRATIONS.length}: use a newer release`,
      );
    }
    for (const sql of MIGRATIONS.slice(from)) connection.exec(sql);
    connection.exec(`PRAGMA user_version = ${MIGRATIONS.length}`);
    connection.exec('COMMIT');
  } catch (error) {
    connection.exec('ROLLBACK');
    throw error;
  }
}
