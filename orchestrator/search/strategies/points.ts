/**
 * Points of the unit cube as configurations, for strategies that draw: the first coordinate picks the model kind, which is a
 * choice that its parameters hang on, the others a value each of the parameters that vary.
 */
import type { Configuration, ModelAxes, ParameterValue } from '../../../queue/index.js';
import { type Asked, whereOf } from '../../where/index.js';
import { configurationHash } from './hash.js';
import { optionsOf } from './options.js';
import { configurationAt, configurationCount } from './places.js';
import type { Space, Strategy } from './strategy.js';

type Axis = ModelAxes['axes'][number];

/** Whether an axis has more than one value. */
export const varies = ({ values, range }: Axis): boolean => range !== undefined || values.length > 1;

/** Coordinates that a point needs: one for the kind, and as many as the kind with the most has parameters that vary. */
const dimensionsOf = (models: readonly ModelAxes[]): number =>
  1 + Math.max(...models.map(({ axes }) => axes.filter(varies).length));

/** Different values that an axis can take. */
const countOf = ({ values, range }: Axis): number => {
  if (range === undefined) return values.length;
  return range.integer ? range.max - range.min + 1 : Number.POSITIVE_INFINITY;
};

/** Different configurations that a space has; infinite when a parameter is continuous. */
export const pointCount = (models: readonly ModelAxes[]): number =>
  models.reduce((sum, { axes }) => sum + axes.reduce((product, axis) => product * countOf(axis), 1), 0);

/** @param point - Coordinates from 0, below 1. */
function pointOf(models: readonly ModelAxes[], point: readonly number[]): Asked {
  const { model, axes } = models[Math.floor(point[0]! * models.length)]!;
  let next = 1;
  const parameters = Object.fromEntries(
    axes.map((axis) => [axis.parameter, varies(axis) ? valueAt(axis, point[next++]!) : axis.values[0]!]),
  );
  return { model, parameters };
}

/** The value at a part of an axis; of a whole number's range each has its share, of a log scale by ratios. */
export function valueAt({ values, range }: Axis, at: number): ParameterValue {
  if (range === undefined) return values[Math.floor(at * values.length)]!;
  const { min, max, scale, integer } = range;
  const [low, high] = integer ? [min - 0.5, max + 0.5] : [min, max];
  const value = scale === 'log' ? low * (high / low) ** at : low + (high - low) * at;
  // More digits than six say nothing, and fill tables; what was rounded stays inside.
  const rounded = integer ? Math.round(value) : Number(value.toPrecision(6));
  return Math.min(max, Math.max(min, rounded));
}

/** Points in a row that repeat what was drawn before, or that `where` refuses, after which the rest is taken in the order of a grid. */
const MOST_REPEATS = 10_000;
/** A rest larger than this is not looked through for what `where` leaves. */
const MOST_LOOKED_AT = 10_000_000;

/**
 * A strategy that draws points and leaves out what it drew before.
 *
 * @param sequence - Endless, and the same for the same seed.
 */
export function drawing(
  sequence: (dimensions: number, seed: number) => Iterator<readonly number[], never>,
): Strategy {
  /** What was drawn of the space that was asked for last: a search asks for one window after the other. */
  let last:
    | { readonly key: string; readonly rest: Iterator<Configuration>; readonly drawn: Configuration[] }
    | undefined;
  const drawn = (space: Space, from: number, to: number): Configuration[] => {
    const { models, where, seed, strategy } = space;
    const { seed: own = seed } = optionsOf(strategy);
    const key = JSON.stringify([own, where, models]);
    if (last?.key !== key)
      last = { key, rest: distinct(space, sequence(dimensionsOf(models), own)), drawn: [] };
    while (last.drawn.length < to) {
      const { value, done } = last.rest.next();
      if (done) break;
      last.drawn.push(value);
    }
    return last.drawn.slice(from, to);
  };
  const most = ({ strategy, models }: Space): number =>
    Math.min(optionsOf(strategy).max_trials, pointCount(models));
  // How many points satisfy constraints is only known once they are drawn.
  const total = (space: Space): number =>
    (space.where ?? []).length > 0 ? drawn(space, 0, most(space)).length : most(space);
  return {
    adaptive: false,
    isEven: () => true,
    total,
    left(space) {
      const all = pointCount(space.models);
      const missing = most(space) - total(space);
      if (missing === 0) return { count: undefined, all, missing };
      return { count: total(space), all, missing: all > MOST_LOOKED_AT ? missing : 0 };
    },
    propose: (space, _history, { from, to }) => drawn(space, from, to),
  };
}

/** Configurations that points stand for and that satisfy what they must, each once; of a finite space all of them in the end. */
function* distinct(
  { models, where = [] }: Space,
  points: Iterator<readonly number[], never>,
): Generator<Configuration> {
  const { satisfies } = whereOf(where, models);
  const seen = new Set<string>();
  const named = ({ model, parameters }: Asked): Configuration | undefined => {
    const index = seen.size;
    const hash = configurationHash(model, parameters);
    seen.add(hash);
    return seen.size > index ? { index, hash, model, parameters: { ...parameters } } : undefined;
  };
  for (let misses = 0; misses < MOST_REPEATS; misses++) {
    const point = pointOf(models, points.next().value);
    const configuration = satisfies(point) ? named(point) : undefined;
    if (configuration === undefined) continue;
    yield configuration;
    misses = -1;
  }
  if (where.length > 0 && pointCount(models) > MOST_LOOKED_AT) return;
  for (const rest of everyConfiguration(models)) {
    const configuration = satisfies(rest) ? named(rest) : undefined;
    if (configuration !== undefined) yield configuration;
  }
}

/** All of a finite space, for its last corners, which chance takes long to find. */
function* everyConfiguration(models: readonly ModelAxes[]): Generator<Configuration> {
  const written = models.map(({ model, axes }) => ({
    model,
    axes: axes.map(({ parameter, values, range }) => ({
      parameter,
      values: range?.integer
        ? Array.from({ length: range.max - range.min + 1 }, (_, k) => range.min + k)
        : values,
    })),
  }));
  const count = configurationCount({ models: written });
  for (let place = 0; place < count; place++) yield configurationAt({ models: written }, place);
}
