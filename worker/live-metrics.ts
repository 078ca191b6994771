/** Metrics of a run while it trains. */
import type { MetricPoint, RunData, TrackingClient } from '../tracking/client/index.js';

/** Metric points of one step; what isn't finite is left out. */
export function points(
  step: number,
  timestamp: number,
  values: Readonly<Record<string, number>>,
): MetricPoint[] {
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([key, value]) => ({ key, value, timestamp, step }));
}

/**
 * Logs points while training goes on: at most one request under way, later points wait and travel together, so a
 * slow server costs no training time, and what is known last goes with them.
 */
export function liveMetrics(tracking: TrackingClient, runId: string, firstStep: number) {
  let waiting: MetricPoint[] = [];
  let sending: Promise<void> = Promise.resolve();
  let busy = false;
  let finishing = false;
  let failure: unknown;
  const send = async (): Promise<void> => {
    busy = true;
    try {
      while (waiting.length > 0 && !finishing) {
        const metrics = waiting;
        waiting = [];
        await tracking.logBatch(runId, { metrics });
      }
    } catch (error) {
      failure ??= error;
    } finally {
      busy = false;
    }
  };
  return {
    /** Queues the values of one step; steps before `firstStep` were logged by an earlier attempt. */
    log(step: number, values: Readonly<Record<string, number>>): void {
      if (step < firstStep) return;
      waiting.push(...points(step, Date.now(), values));
      if (!busy && failure === undefined) sending = send();
    },
    /** Writes what still waits, with `last`; throws what went wrong on the way. Nothing is logged after it. */
    async finish(last: RunData): Promise<void> {
      finishing = true;
      // Beside what is under way: points carry their steps, so the order of arrival does not matter.
      const written = tracking.logBatch(runId, { ...last, metrics: [...waiting, ...(last.metrics ?? [])] });
      await Promise.all([written, sending]);
      if (failure !== undefined) throw failure;
    },
  };
}

export type LiveMetrics = ReturnType<typeof liveMetrics>;
