/** Every combination of the values of each model kind that `where` leaves: kind after kind as declared, or spread. */
import { type LeftPlaces, leftOf } from './left.js';
import { optionsOf } from './options.js';
import { configurationAt, configurationCount, sizeOf } from './places.js';
import { spreadOrder } from './spread.js';
import type { Space, Strategy } from './strategy.js';

/** What there is of a grid, in the order in which it is tried. */
export function gridLeft(space: Space): LeftPlaces {
  const { order, seed = space.seed, max_trials } = optionsOf(space.strategy);
  const at = order === 'spread' ? spreadOrder(space, seed) : (place: number) => place;
  if ((space.where ?? []).length > 0) return leftOf(space, at, `${order} ${seed}`, max_trials);
  return {
    count: configurationCount(space),
    sizes: space.models.map(sizeOf),
    between: (from, to) => Array.from({ length: to - from }, (_, i) => at(from + i)),
  };
}

export const grid: Strategy = {
  adaptive: false,
  isEven: ({ strategy }) => optionsOf(strategy).order === 'spread',
  total: (space) => Math.min(optionsOf(space.strategy).max_trials, gridLeft(space).count),
  left: (space) => ({ count: gridLeft(space).count, all: configurationCount(space), missing: 0 }),
  propose: (space, _history, { from, to }) =>
    gridLeft(space)
      .between(from, to)
      .map((place, i) => ({ ...configurationAt(space, place), index: from + i })),
};
