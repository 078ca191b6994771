/** Parallel coordinates as plain lines, for whatever draws them: a canvas on the page, SVG in a file. */

import type { Value } from '../api.js';
import type { Axis } from './axis.js';
import { viridis } from './colors.js';
import { xmlText } from './xml.js';

export interface ParallelAxis {
  readonly name: string;
  readonly title: string;
  readonly axis: Axis;
  readonly turned: boolean;
  readonly values: readonly (Value | null)[];
  /** px. */
  readonly x: number;
}

export const TOP = 34;
export const BOTTOM = 14;

/** Where a row crosses an axis, px; below it where the row has no value. */
export function crossing({ axis, turned, values }: ParallelAxis, row: number, height: number): number {
  const value = values[row] ?? null;
  if (value === null) return height - 3;
  const share = axis.at(value);
  return TOP + (turned ? share : 1 - share) * (height - TOP - BOTTOM);
}

/** The share of an axis at a place, px. */
export function shareAt({ turned }: Pick<ParallelAxis, 'turned'>, y: number, height: number): number {
  const share = 1 - (y - TOP) / (height - TOP - BOTTOM);
  return Math.min(1, Math.max(0, turned ? 1 - share : share));
}

/** The shown row whose line passes nearest; undefined where none is near. */
export function nearest(
  axes: readonly ParallelAxis[],
  rows: readonly number[],
  height: number,
  x: number,
  y: number,
): number | undefined {
  const right = axes.findIndex((axis) => axis.x >= x);
  if (right < 1) return undefined;
  const [from, to] = [axes[right - 1]!, axes[right]!];
  const share = (x - from.x) / (to.x - from.x);
  let [best, least] = [undefined as number | undefined, 8];
  for (const row of rows) {
    const [a, b] = [crossing(from, row, height), crossing(to, row, height)];
    const away = Math.abs(a + (b - a) * share - y);
    if (away < least) [best, least] = [row, away];
  }
  return best;
}

/** The same as a file. */
export function parallelSvg(
  axes: readonly ParallelAxis[],
  rows: readonly number[],
  share: (row: number) => number | null,
  width: number,
  height: number,
): string {
  const lines = rows.map((row) => {
    const points = axes.map((axis) => `${axis.x},${crossing(axis, row, height).toFixed(1)}`).join(' ');
    const color = share(row);
    return `<polyline points="${points}" fill="none" stroke="${color === null ? '#888' : viridis(color)}" stroke-opacity="0.7"/>`;
  });
  const marks = axes.map(({ title, axis, turned, x }) => {
    const ticks = axis.ticks.map(({ at, label }) => {
      const y = TOP + (turned ? at : 1 - at) * (height - TOP - BOTTOM);
      return `<text x="${x + 5}" y="${(y + 4).toFixed(1)}">${xmlText(label)}</text>`;
    });
    return `<line x1="${x}" x2="${x}" y1="${TOP}" y2="${height - BOTTOM}" stroke="#333"/><text x="${x}" y="14" text-anchor="middle">${xmlText(title)}</text>${ticks.join('')}`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="system-ui, sans-serif" font-size="11"><rect width="100%" height="100%" fill="#fff"/>${lines.join('')}${marks.join('')}</svg>`;
}
