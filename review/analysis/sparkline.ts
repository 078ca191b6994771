/** Numbers as a line of text. */

const BARS = '▁▂▃▄▅▆▇█';

/** One character for each number, from the lowest bar at `low` to the highest at `high`; a dot for an unknown one. */
export const sparkline = (values: readonly (number | null)[], low: number, high: number): string =>
  values
    .map((value) => {
      if (value === null || Number.isNaN(value)) return '·';
      const height = high > low ? (value - low) / (high - low) : 0.5;
      return BARS[Math.min(BARS.length - 1, Math.max(0, Math.floor(height * BARS.length)))];
    })
    .join('');
