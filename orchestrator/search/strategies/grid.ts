/** The grid as a sequence: any configuration by its index, none of them held in memory. */
import type { Configuration, ModelAxes, ParameterValue } from '../../../queue/index.js';
import { configurationHash } from './hash.js';
import { optionsOf } from './options.js';
import { spreadOrder } from './spread.js';
import type { Space, Strategy } from './strategy.js';

/** Only what the expansion needs of a space, so that a test can write one down. */
export type Grid = Pick<Space, 'models'>;

/** Every combination of the values of each model kind: kind after kind as declared, or spread. */
export const grid: Strategy = {
  adaptive: false,
  total: (space) => Math.min(optionsOf(space.strategy).max_trials, configurationCount(space)),
  propose(space, _history, { from, to }) {
    const { order, seed = space.seed } = optionsOf(space.strategy);
    const at =
      order === 'spread'
        ? spreadOrder(space.models, configurationCount(space), seed)
        : (place: number) => place;
    return Array.from({ length: to - from }, (_, i) => ({
      ...configurationAt(space, at(from + i)),
      index: from + i,
    }));
  },
};

/** How many configurations the grid has. */
export function configurationCount(space: Grid): number {
  return space.models.reduce((sum, model) => sum + sizeOf(model), 0);
}

function sizeOf({ axes }: ModelAxes): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/**
 * The configuration at an index: kinds in file order, parameters in file order, the last one varying fastest.
 *
 * @throws RangeError when there is no such index.
 */
export function configurationAt(space: Grid, index: number): Configuration {
  let rest = index;
  for (const model of space.models) {
    const size = sizeOf(model);
    if (Number.isInteger(rest) && rest >= 0 && rest < size) return pointOf(model, rest, index);
    rest -= size;
  }
  throw new RangeError(`No configuration ${index}: the search space has ${configurationCount(space)}`);
}

/** The index is a number whose digits are positions on the axes, the last axis being the units. */
function pointOf({ model, axes }: ModelAxes, rank: number, index: number): Configuration {
  const digits = new Array<ParameterValue>(axes.length);
  let rest = rank;
  for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
    const { values } = axes[axis]!;
    digits[axis] = values[rest % values.length]!;
    rest = Math.floor(rest / values.length);
  }
  const parameters = Object.fromEntries(axes.map(({ parameter }, axis) => [parameter, digits[axis]!]));
  return { index, hash: configurationHash(model, parameters), model, parameters };
}
