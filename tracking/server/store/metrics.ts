/** Metric points: the full history, and the latest value per key beside it. */
import { invalid } from '../errors.js';
import {
  afterToken,
  type CursorRow,
  cursorColumns,
  type OrderTerm,
  orderBy,
  toPage,
} from '../filter/paging.js';
import type { Metric, MetricWrite, RunStore } from './contract.js';
import type { Database } from './database.js';
import { rowInserter } from './insert-rows.js';
import { toMetric } from './run-rows.js';

/** MLflow keeps an infinity as the largest finite number, and NaN apart. */
export const storedValue = (value: number): { value: number; isNan: number } => {
  if (Number.isNaN(value)) return { value: 0, isNan: 1 };
  if (value === Number.POSITIVE_INFINITY) return { value: Number.MAX_VALUE, isNan: 0 };
  if (value === Number.NEGATIVE_INFINITY) return { value: -Number.MAX_VALUE, isNan: 0 };
  return { value, isNan: 0 };
};

const COLUMNS = ['run', 'key', 'timestamp', 'step', 'value', 'is_nan'];
const insertPoints = rowInserter('INSERT OR IGNORE INTO metrics', COLUMNS);
const moveLatest = rowInserter(
  'INSERT INTO latest_metrics',
  COLUMNS,
  `ON CONFLICT (run, key) DO UPDATE
   SET timestamp = excluded.timestamp, step = excluded.step, value = excluded.value, is_nan = excluded.is_nan
   WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)`,
);

/** Adds points to a run's history, and moves the latest value where a point is newer: by step, time, then value. */
export function insertMetrics(db: Database, run: number, metrics: readonly MetricWrite[]): void {
  const latest = new Map<string, MetricWrite>();
  for (const metric of metrics) {
    const known = latest.get(metric.key);
    if (!known || isNewer(metric, known)) latest.set(metric.key, metric);
  }
  const rowOf = ({ key, timestamp, step, value: raw }: MetricWrite) => {
    const { value, isNan } = storedValue(raw);
    return [run, key, timestamp, step, value, isNan];
  };
  insertPoints(db, metrics.map(rowOf));
  moveLatest(db, [...latest.values()].map(rowOf));
}

const isNewer = (a: Metric, b: Metric): boolean => {
  if (a.step !== b.step) return a.step > b.step;
  if (a.timestamp !== b.timestamp) return a.timestamp > b.timestamp;
  return storedValue(a.value).value > storedValue(b.value).value;
};

type MetricRow = Parameters<typeof toMetric>[0];

const HISTORY: readonly OrderTerm[] = ['timestamp', 'step', 'value', 'is_nan'].map((sql) => ({
  sql,
  ascending: true,
}));

/** The part of the run store that reads histories. */
export function metricHistory(
  db: Database,
): Pick<RunStore, 'metricHistory' | 'metricHistoryBulk' | 'metricHistorySampled'> {
  const points = (run: number, key: string, range?: { start: number; end: number }) =>
    db.all<MetricRow>(
      `SELECT key, value, timestamp, step, is_nan FROM metrics
       WHERE run = ? AND key = ? AND step BETWEEN ? AND ? ORDER BY timestamp, step, value`,
      run,
      key,
      range?.start ?? Number.MIN_SAFE_INTEGER,
      range?.end ?? Number.MAX_SAFE_INTEGER,
    );
  const idsOf = (runIds: readonly string[]) =>
    db.all<{ id: number; run_id: string }>(
      'SELECT id, run_id FROM runs WHERE run_id IN (SELECT value FROM json_each(?)) ORDER BY run_id',
      JSON.stringify(runIds),
    );

  return {
    metricHistory: (runId, key, { maxResults, pageToken }) =>
      db.read(() => {
        const [run] = idsOf([runId]);
        if (!run) return { items: [] };
        const after = afterToken(HISTORY, pageToken);
        const limit = maxResults ?? Number.MAX_SAFE_INTEGER - 1;
        const rows = db.all<MetricRow & CursorRow>(
          `SELECT key, value, timestamp, step, is_nan, ${cursorColumns(HISTORY)} FROM metrics
           WHERE run = ? AND key = ? AND ${after.sql} ORDER BY ${orderBy(HISTORY)} LIMIT ?`,
          run.id,
          key,
          ...after.values,
          limit + 1,
        );
        return toPage(rows, limit, HISTORY, (page) => page.map(toMetric));
      }),
    metricHistoryBulk: (runIds, key, maxResults) =>
      db.read(() =>
        idsOf(runIds)
          .flatMap(({ id, run_id: runId }) => points(id, key).map((row) => ({ ...toMetric(row), runId })))
          .slice(0, maxResults),
      ),
    metricHistorySampled: (runIds, key, { startStep, endStep, maxResults }) =>
      db.read(() => {
        const runs = idsOf(runIds);
        const range =
          startStep === undefined || endStep === undefined ? undefined : { start: startStep, end: endStep };
        if (range && range.start > range.end) {
          throw invalid(
            `end_step must be greater than start_step. Found start_step=${range.start} and end_step=${range.end}.`,
          );
        }
        return runs.flatMap(({ id, run_id: runId }) => {
          const rows = points(id, key, range).sort((one, other) => one.step - other.step);
          return spread(rows, maxResults).map((row) => ({ ...toMetric(row), runId }));
        });
      }),
  };
}

/** At most `count` of the rows, evenly spread, first and last among them. */
function spread<Row>(rows: readonly Row[], count: number): Row[] {
  if (rows.length <= count) return [...rows];
  // As equal parts as can be, the longer ones first; of each part its first row.
  const short = Math.floor(rows.length / count);
  const longer = rows.length % count;
  const picked = Array.from(
    { length: count },
    (_, part) => rows[part * short + Math.min(part, longer)] as Row,
  );
  picked[count - 1] = rows.at(-1) as Row;
  return picked;
}
