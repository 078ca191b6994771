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

/** How often points travel, in ms: a person who looks on sees no difference, and a short fold is written in one request. */
const EVERY = 100;

/**
 * Logs points while training goes on: at most one request under way, later points wait and travel together, so a
 * slow server costs no training time, and what is known last goes with them. Points that a server in trouble did not take
 * wait for the next request.
 */
export function liveMetrics(tracking: Pick<TrackingClient, 'logBatch' | 'finishRun'>, runId: string) {
  let waiting: MetricPoint[] = [];
  let sending: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  let failure: unknown;
  const send = async (): Promise<void> => {
    const metrics = waiting;
    waiting = [];
    try {
      await tracking.logBatch(runId, { metrics });
    } catch (error) {
      if (isTrouble(error)) waiting = [...metrics, ...waiting];
      else failure ??= error;
    }
  };
  const plan = (): void => {
    if (timer !== undefined || sending !== undefined || over || failure !== undefined) return;
    timer = setTimeout(() => {
      timer = undefined;
      sending = send().finally(() => {
        sending = undefined;
        if (waiting.length > 0) plan();
      });
    }, EVERY);
  };
  /** Nothing is sent by itself any more. */
  const stop = (): void => {
    over = true;
    clearTimeout(timer);
  };
  return {
    /** Queues the values of one step. */
    log(step: number, values: Readonly<Record<string, number>>): void {
      waiting.push(...points(step, Date.now(), values));
      plan();
    },
    /** Ends the run with what still waits and `last`; throws what went wrong on the way. Nothing is logged after it; may be repeated. */
    async finish(last: RunData, endTime: number): Promise<void> {
      stop();
      await sending;
      if (failure !== undefined) throw failure;
      const metrics = [...waiting, ...(last.metrics ?? [])];
      await tracking.finishRun(runId, { ...last, metrics }, endTime);
    },
    stop,
  };
}

export type LiveMetrics = Pick<ReturnType<typeof liveMetrics>, 'log'>;
