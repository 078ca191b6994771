/** A common scale for scores: from the values to places in per cent, with round numbers to mark it. */

export interface Scale {
  /** Place of a value, 0 to 100. */
  at(value: number): number;
  readonly ticks: readonly number[];
  readonly digits: number;
}

export function scaleOf(values: Iterable<number>, most = 7): Scale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (!(low <= high)) [low, high] = [0, 1];
  // One value alone, or equal ones, still want some room around.
  const span = high - low || Math.abs(high) * 0.1 || 1;
  const [from, to] = [low - span * 0.04, high + span * 0.04];
  const step = roundStep((to - from) / most);
  const first = Math.ceil(from / step);
  const ticks: number[] = [];
  for (let i = first; i * step <= to; i++) ticks.push(i * step);
  return {
    at: (value) => ((value - from) / (to - from)) * 100,
    ticks,
    digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)),
  };
}

/** 1, 2 or 5 times a power of ten, not below `least`. */
function roundStep(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= least * 0.999) ?? power * 10;
}
