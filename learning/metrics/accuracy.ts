/** The share of rows whose most probable class, the first of equals, is the true one. */
import type { Metric } from './metric.js';

export const accuracy: Metric = {
  direction: 'maximize',
  of({ matrix }) {
    let right = 0;
    let rows = 0;
    matrix.forEach((counts, actual) => {
      right += counts[actual]!;
      for (const count of counts) rows += count;
    });
    return right / rows;
  },
};
