/** The grid as a sequence: any configuration by its place, none of them held in memory. */
import type { Configuration, ModelAxes, ParameterValue } from '../../../queue/index.js';
import { configurationHash } from './hash.js';
import type { Space } from './strategy.js';

/** Only what the expansion needs of a space, so that a test can write one down. */
export type Grid = Pick<Space, 'models'>;

/** How many configurations the grid has. */
export function configurationCount(space: Grid): number {
  return space.models.reduce((sum, model) => sum + sizeOf(model), 0);
}

/** How many of them are of a kind. */
export function sizeOf({ axes }: ModelAxes): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/**
 * The kind of the configuration at a place, and the position of its value on each axis: kinds in file order, parameters in file
 * order, the last one varying fastest.
 *
 * @throws RangeError when there is no such place.
 */
export function positionsAt({ models }: Grid, place: number): { kind: number; positions: number[] } {
  let rest = place;
  for (const [kind, model] of models.entries()) {
    const size = sizeOf(model);
    if (Number.isInteger(rest) && rest >= 0 && rest < size) return { kind, positions: digitsOf(model, rest) };
    rest -= size;
  }
  throw new RangeError(`No configuration ${place}: the search space has ${configurationCount({ models })}`);
}

/** The place within a kind is a number whose digits are positions on the axes, the last axis being the units. */
export function digitsOf({ axes }: ModelAxes, place: number): number[] {
  const digits = new Array<number>(axes.length);
  let rest = place;
  for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
    const { length } = axes[axis]!.values;
    digits[axis] = rest % length;
    rest = Math.floor(rest / length);
  }
  return digits;
}

/**
 * The configuration at a place.
 *
 * @throws RangeError when there is no such place.
 */
export function configurationAt(space: Grid, index: number): Configuration {
  const { kind, positions } = positionsAt(space, index);
  const parameters = parametersAt(space.models[kind]!, positions);
  const { model } = space.models[kind]!;
  return { index, hash: configurationHash(model, parameters), model, parameters };
}

/** The values at positions on the axes of a kind. */
export function parametersAt(
  { axes }: ModelAxes,
  positions: readonly number[],
): Record<string, ParameterValue> {
  const parameters: Record<string, ParameterValue> = {};
  for (const [axis, { parameter, values }] of axes.entries())
    parameters[parameter] = values[positions[axis]!]!;
  return parameters;
}
