/** Metrics of a run while it trains. */
import { isTrouble, type MetricPoint, type RunData, type TrackingClient } from '../tracking/client/index.js';

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
 * slow server costs no training time, and what is known last goes with them. Points that a server in trouble did not take
 * wait for the next request.
 */
export function liveMetrics(tracking: TrackingClient, runId: string) {
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
        try {
          await tracking.logBatch(runId, { metrics });
        } catch (error) {
          if (!isTrouble(error)) throw error;
          waiting = [...metrics, ...waiting];
          return;
        }
      }
    } catch (error) {
      failure ??= error;
    } finally {
      busy = false;
    }
  };
  return {
    /** Queues the values of one step. */
    log(step: number, values: Readonly<Record<string, number>>): void {
      waiting.push(...points(step, Date.now(), values));
      if (!busy && failure === undefined) sending = send();
    },
    /** Writes what still waits, with `last`; throws what went wrong on the way. Nothing is logged after it; may be repeated. */
    async finish(last: RunData): Promise<void> {
      finishing = true;
      const rest = waiting;
      waiting = [];
      try {
        // Beside what is under way: points carry their steps, so the order of arrival does not matter.
        const metrics = [...rest, ...(last.metrics ?? [])];
        await Promise.all([tracking.logBatch(runId, { ...last, metrics }), sending]);
      } catch (error) {
        waiting = [...rest, ...waiting];
        throw error;
      }
      if (waiting.length > 0) {
        await tracking.logBatch(runId, { metrics: waiting });
        waiting = [];
      }
      if (failure !== undefined) throw failure;
    },
  };
}

export type LiveMetrics = ReturnType<typeof liveMetrics>;
