/** Curves of folds taken together. */
import type { Curve } from '../api.js';

export interface FoldBand {
  readonly x: readonly number[];
  readonly mean: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
}

/** At every step that a fold has: the mean, the least and the most of those that have it. */
export function foldBand(folds: readonly Curve[]): FoldBand {
  const x = [...new Set(folds.flatMap(({ steps }) => steps))].sort((a, b) => a - b);
  const at = folds.map(({ steps, values }) => new Map(steps.map((step, i) => [step, values[i] ?? null])));
  const known = x.map((step) => at.flatMap((values) => values.get(step) ?? []));
  const each = (of: (values: readonly number[]) => number): (number | null)[] =>
    known.map((values) => (values.length === 0 ? null : of(values)));
  return {
    x,
    mean: each((values) => values.reduce((sum, one) => sum + one, 0) / values.length),
    low: each((values) => Math.min(...values)),
    high: each((values) => Math.max(...values)),
  };
}
