/** `--timing`: what a run spent its time on, each stretch as a bar. */
import type { Span } from '../app/index.js';

const BAR = 26;

/** Lines for people; none is wider than 80 columns. */
export function timingLines(spans: readonly Span[]): string[] {
  const end = Math.max(0.001, ...spans.map(({ to }) => to));
  const widest = Math.max(...spans.map(({ what }) => what.length));
  const cell = (seconds: number): number => Math.min(BAR - 1, Math.floor((seconds / end) * BAR));
  return [
    '',
    'Seconds since the process was started:',
    ...spans.map(({ what, from, to }) => {
      const [first, last] = [cell(from), cell(to)];
      const bar = `${'·'.repeat(first)}${'█'.repeat(last - first + 1)}${'·'.repeat(BAR - 1 - last)}`;
      return `  ${what.padEnd(widest)}  ${from.toFixed(2).padStart(6)}  ${to.toFixed(2).padStart(6)}  ${bar}`;
    }),
  ];
}
