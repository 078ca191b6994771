/** How large a space is. */
import type { Axis, ModelSpace } from './types.js';

/** Different values that an axis can take. */
const countOf = ({ values, range }: Axis): number => {
  if (range === undefined) return values.length;
  return range.integer ? range.max - range.min + 1 : Number.POSITIVE_INFINITY;
};

/** Combinations of the values of each model kind, added up; infinite when a parameter is continuous. */
export const spaceSize = (models: readonly ModelSpace[]): number =>
  models.reduce((sum, { axes }) => sum + axes.reduce((product, axis) => product * countOf(axis), 1), 0);
