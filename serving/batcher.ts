/**
 * Requests that arrive together are predicted together, as one pass over many rows costs little more than over one.
 *
 * Idle: a request is predicted in the same turn of the event loop. Under load (the last batch held several requests)
 * the next one waits up to `maxWaitMs` for company. While a batch is computed the thread is busy, so requests pile up
 * by themselves.
 */
import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Prediction } from '../learning/package/index.js';
import { ScoringError } from './errors.js';
import type { HeldModel } from './served-model.js';

export interface Answer {
  readonly version: string;
  readonly classes: readonly string[];
  readonly predictions: Prediction[];
}

interface Waiting {
  readonly texts: readonly string[];
  readonly resolve: (answer: Answer) => void;
  readonly reject: (reason: unknown) => void;
}

export interface BatcherOptions {
  /** Gives the model for one batch. */
  readonly hold: () => HeldModel;
  /** Rows of one pass. */
  readonly maxBatch: number;
  readonly maxWaitMs: number;
  /** Rows that may wait; more are turned away rather than kept waiting for long. */
  readonly maxWaitingRows: number;
}

/** Predicts texts; all texts of a call are answered by one version of the model. */
export type Batcher = (texts: readonly string[]) => Promise<Answer>;

/** Creates a batcher. */
export function createBatcher({ hold, maxBatch, maxWaitMs, maxWaitingRows }: BatcherOptions): Batcher {
  const waiting: Waiting[] = [];
  let waitingRows = 0;
  let running = false;

  const take = (): Waiting[] => {
    let count = 0;
    let rows = 0;
    do rows += waiting[count++]!.texts.length;
    while (count < waiting.length && rows + waiting[count]!.texts.length <= maxBatch);
    waitingRows -= rows;
    return waiting.splice(0, count);
  };

  const answer = async (batch: Waiting[]) => {
    const model = hold();
    try {
      const texts = batch.flatMap((request) => request.texts);
      const predictions: Prediction[] = [];
      for (let from = 0; from < texts.length; from += maxBatch) {
        // A large request must not keep health checks waiting.
        if (from > 0) await nextTurn();
        predictions.push(...model.predict(texts.slice(from, from + maxBatch)));
      }
      let from = 0;
      for (const { texts: own, resolve } of batch) {
        const { version, classes } = model;
        resolve({ version, classes, predictions: predictions.slice(from, from + own.length) });
        from += own.length;
      }
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      model.release();
    }
  };

  const run = async () => {
    let loaded = false;
    while (waiting.length > 0) {
      if (loaded && waitingRows < maxBatch && maxWaitMs > 0) await pause(maxWaitMs);
      else await nextTurn();
      const batch = take();
      loaded = batch.length > 1;
      await answer(batch);
      // Lets requests that came in meanwhile be parsed, so that they join the next batch.
      await nextTurn();
    }
    running = false;
  };

  return (texts) =>
    new Promise((resolve, reject) => {
      if (waitingRows + texts.length > maxWaitingRows && waiting.length > 0) {
        reject(new ScoringError('TEMPORARILY_UNAVAILABLE', 'Too many rows are waiting; try again soon.'));
        return;
      }
      waiting.push({ texts, resolve, reject });
      waitingRows += texts.length;
      if (running) return;
      running = true;
      void run();
    });
}
