/** What a process spends its time on, in seconds since it was started. */
import { performance } from 'node:perf_hooks';
import type { WorkerStep } from '../../worker/index.js';
import type { JobEnd } from './training.js';

/** A stretch of time; several may run side by side. */
export interface Span {
  readonly what: string;
  readonly from: number;
  readonly to: number;
}

export interface Timeline {
  /** The same as the action's own promise; its time is kept. */
  during<T>(what: string, action: () => Promise<T>): Promise<T>;
  /** Keeps a stretch that ends now. @param from - ms, as `performance.now()` has them. */
  since(what: string, from: number): void;
  /** Told of what a worker under this process does, and of the ends of its jobs. */
  heard(step: WorkerStep | JobEnd): void;
  /** Told that the search has ended: what came after its refit was the registration. */
  searchEnded(): void;
  /** In the order of their beginnings. */
  spans(): Span[];
}

/** From the start of the process on; what has passed until the call is the loading of the program. */
export function openTimeline(): Timeline {
  const spans: Span[] = [];
  const keep = (what: string, from: number, to = performance.now()): void =>
    void spans.push({ what, from: from / 1000, to: to / 1000 });
  keep('program loaded', 0);
  let folds: { readonly from: number; to: number } | undefined;
  let refit: number | undefined;
  let refitted: number | undefined;
  return {
    async during(what, action) {
      const from = performance.now();
      try {
        return await action();
      } finally {
        keep(what, from);
      }
    },
    since: keep,
    heard(step) {
      const now = performance.now();
      const isRefit = 'about' in step && step.about?.fold === null;
      switch (step.type) {
        case 'loaded':
          keep('training process started', step.started, step.loading);
          keep('engine loaded there', step.loading, step.loaded);
          break;
        case 'begun':
          if (isRefit) refit ??= now;
          else folds ??= { from: now, to: now };
          break;
        case 'worked':
          if (isRefit && refit !== undefined) {
            keep('winner refit, measured, packaged', refit);
            refit = now;
          }
          break;
        case 'completed':
          if (isRefit) {
            if (refit !== undefined) keep('refit run written', refit);
            refitted = now;
          } else if (folds !== undefined) {
            if (folds.to === folds.from) keep('first fold', folds.from);
            folds.to = now;
          }
      }
    },
    searchEnded() {
      if (refitted !== undefined) keep('results, registration, report', refitted);
      refitted = undefined;
    },
    spans: () =>
      [
        ...spans,
        ...(folds === undefined ? [] : [{ what: 'all folds', from: folds.from / 1000, to: folds.to / 1000 }]),
      ].sort((a, b) => a.from - b.from),
  };
}
