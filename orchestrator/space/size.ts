/** How large a grid is. */
import type { ModelSpace } from './types.js';

/** Combinations of the values of each model kind, added up. */
export const gridSize = (models: readonly ModelSpace[]): number =>
  models.reduce((sum, { axes }) => sum + axes.reduce((product, { values }) => product * values.length, 1), 0);
