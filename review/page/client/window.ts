/** Which rows of a long table are near the screen; the others are room only. */

export interface Window {
  readonly from: number;
  readonly to: number;
  /** Room above and below, px. */
  readonly above: number;
  readonly below: number;
}

/** Rows beyond the screen at each end, so that keys find a next one. */
export const BEYOND = 12;
/** Shorter tables are drawn whole. */
export const WHOLE = 60;

/** @param height - Of a row, px. */
export function windowOf(count: number, height: number, top: number, screen: number): Window {
  if (count <= WHOLE) return { from: 0, to: count, above: 0, below: 0 };
  const first = Math.floor(Math.max(0, -top) / height);
  const from = Math.min(Math.max(0, first - BEYOND), Math.max(0, count - WHOLE));
  const to = Math.min(count, Math.max(first + Math.ceil(screen / height) + BEYOND, from + 2 * BEYOND));
  return { from, to, above: from * height, below: (count - to) * height };
}
