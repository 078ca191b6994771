/** Cuts what is to be logged into batches that MLflow takes. */
import type { MetricPoint } from './schemas.js';

/** MLflow's limits on one `log-batch` request. */
export const BATCH_LIMITS = {
  metrics: 1000,
  params: 100,
  tags: 100,
  entities: 1000,
  bytes: 1_000_000,
} as const;
const PARAM_VALUE_LENGTH = 6000;
const TAG_VALUE_LENGTH = 8000;
/** Room for the run id and the braces around the lists. */
const ENVELOPE_BYTES = 1000;

export type Scalar = string | number | boolean;

/** What one `logBatch` call may carry, of any size. */
export interface RunData {
  metrics?: readonly MetricPoint[];
  params?: Readonly<Record<string, Scalar>>;
  tags?: Readonly<Record<string, Scalar>>;
}

interface Pair {
  key: string;
  value: string;
}

export interface Batch {
  metrics: { key: string; value: number | string; timestamp: number; step: number }[];
  params: Pair[];
  tags: Pair[];
}

/** Cuts a value to what MLflow keeps, and says so at its end rather than lose the rest unseen. */
export function truncate(value: string, limit: number): string {
  if (value.length <= limit) return value;
  const note = `… [truncated, ${value.length} characters]`;
  return value.slice(0, limit - note.length) + note;
}

/** A tag's value as it will be stored. */
export const tagValue = (value: Scalar): string => truncate(String(value), TAG_VALUE_LENGTH);

const wireMetric = ({ key, value, timestamp, step }: MetricPoint) => ({
  key,
  value: Number.isFinite(value) ? value : String(value),
  timestamp: Math.trunc(timestamp),
  step: Math.trunc(step),
});

/**
 * Parameters first, then tags, then metrics: a run whose logging was cut short has its configuration.
 * A batch ends where the next entry would break any of the limits.
 */
export function toBatches({ metrics = [], params = {}, tags = {} }: RunData): Batch[] {
  const batches: Batch[] = [];
  let batch: Batch = { metrics: [], params: [], tags: [] };
  let bytes = ENVELOPE_BYTES;
  const count = () => batch.metrics.length + batch.params.length + batch.tags.length;
  const close = () => {
    if (count() > 0) batches.push(batch);
    batch = { metrics: [], params: [], tags: [] };
    bytes = ENVELOPE_BYTES;
  };
  /** Makes room for an entry of that kind, in a new batch if need be. */
  const room = (kind: keyof Batch, entry: object) => {
    const size = Buffer.byteLength(JSON.stringify(entry)) + 1;
    const full = batch[kind].length >= BATCH_LIMITS[kind] || count() >= BATCH_LIMITS.entities;
    if (full || bytes + size > BATCH_LIMITS.bytes) close();
    bytes += size;
  };
  for (const [key, value] of Object.entries(params)) {
    const entry = { key, value: truncate(String(value), PARAM_VALUE_LENGTH) };
    room('params', entry);
    batch.params.push(entry);
  }
  for (const [key, value] of Object.entries(tags)) {
    const entry = { key, value: tagValue(value) };
    room('tags', entry);
    batch.tags.push(entry);
  }
  for (const metric of metrics) {
    const entry = wireMetric(metric);
    room('metrics', entry);
    batch.metrics.push(entry);
  }
  close();
  return batches;
}
