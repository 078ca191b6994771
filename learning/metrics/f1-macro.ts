/**
 * F1 averaged over the classes that occur among labels or predictions; a class with no true positive counts 0
 * (scikit-learn's `zero_division=0`).
 */
import type { Metric } from './metric.js';

export const f1Macro: Metric = {
  direction: 'maximize',
  of({ matrix }) {
    let sum = 0;
    let seen = 0;
    for (let index = 0; index < matrix.length; index++) {
      let actual = 0;
      let predicted = 0;
      for (let other = 0; other < matrix.length; other++) {
        actual += matrix[index]![other]!;
        predicted += matrix[other]![index]!;
      }
      if (actual + predicted === 0) continue;
      sum += (2 * matrix[index]![index]!) / (actual + predicted);
      seen++;
    }
    return sum / seen;
  },
};
