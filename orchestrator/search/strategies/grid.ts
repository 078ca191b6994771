/** Every combination of the values of each model kind: kind after kind as declared, or spread. */
import { optionsOf } from './options.js';
import { configurationAt, configurationCount } from './places.js';
import { spreadOrder } from './spread.js';
import type { Strategy } from './strategy.js';

export const grid: Strategy = {
  adaptive: false,
  isEven: ({ strategy }) => optionsOf(strategy).order === 'spread',
  total: (space) => Math.min(optionsOf(space.strategy).max_trials, configurationCount(space)),
  propose(space, _history, { from, to }) {
    const { order, seed = space.seed } = optionsOf(space.strategy);
    const at = order === 'spread' ? spreadOrder(space, seed) : (place: number) => place;
    return Array.from({ length: to - from }, (_, i) => ({
      ...configurationAt(space, at(from + i)),
      index: from + i,
    }));
  },
};
