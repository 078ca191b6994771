/**
 * What constraints leave of a grid, in an order. None of it is held: a grid may have millions, so that only a place in
 * sixty-four is known, and those between are found from there.
 */
import type { ModelAxes } from '../../../queue/index.js';
import { type Where, whereOf } from '../../where/index.js';
import { configurationCount, digitsOf, parametersAt, sizeOf } from './places.js';
import type { Space } from './strategy.js';

/** The place in the declared order of what comes at a place of another. */
export type Order = (place: number) => number;

export interface LeftPlaces {
  readonly count: number;
  /** How many are left of each kind, in the order of kinds. */
  readonly sizes: readonly number[];
  /** Declared places of those from a number on up to another. */
  between(from: number, to: number): number[];
}

/** Places between two that are known. */
const STRIDE = 64;
/** Of a grid larger than this only so much is looked at, as nobody waits for more. */
const MOST_LOOKED_AT = 10_000_000;

/** The one asked for last: a search asks at every window. */
let known: { readonly key: string; readonly left: LeftPlaces } | undefined;

/**
 * @param key - Tells orders apart.
 * @param enough - Of a grid too large to be looked through, no more than this are needed.
 * @throws Error when a constraint has no answer for a configuration
 */
export function leftOf(
  space: Space,
  order: Order,
  key: string,
  enough = Number.POSITIVE_INFINITY,
): LeftPlaces {
  const full = JSON.stringify([key, enough, space.where, space.models]);
  if (known?.key !== full) known = { key: full, left: lookThrough(space, order, enough) };
  return known.left;
}

/** Whether a configuration is left, by its place within its kind. */
type IsLeft = (place: number) => boolean;

/** An answer hangs on the parameters that constraints read, and is kept for their every combination: one byte each. */
function leftOfKind(model: ModelAxes, { satisfies, reads }: Where): IsLeft {
  const read = reads(model.model);
  if (read.size === 0) return () => true;
  let [each, every] = [1, 1];
  // From the last axis, which varies fastest: how many places have the same value, and where its values are in the memory.
  const digits = model.axes.toReversed().flatMap(({ parameter, values: { length } }) => {
    const digit = { each, every, length };
    each *= length;
    if (!read.has(parameter)) return [];
    every *= length;
    return [digit];
  });
  const ask = (place: number): boolean =>
    satisfies({ model: model.model, parameters: parametersAt(model, digitsOf(model, place)) });
  if (every > MOST_LOOKED_AT) return ask;
  const answers = new Uint8Array(every);
  return (place) => {
    let at = 0;
    for (const { each, every, length } of digits) at += (Math.floor(place / each) % length) * every;
    answers[at] ||= ask(place) ? 2 : 1;
    return answers[at] === 2;
  };
}

function lookThrough(space: Space, order: Order, enough: number): LeftPlaces {
  const { models, where = [] } = space;
  const constraints = whereOf(where, models);
  const kinds = models.map((model) => ({ size: sizeOf(model), isLeft: leftOfKind(model, constraints) }));
  const all = configurationCount(space);
  const most = all > MOST_LOOKED_AT ? enough : Number.POSITIVE_INFINITY;
  const end = Math.min(all, MOST_LOOKED_AT);
  const sizes = models.map(() => 0);
  /** The kind of the configuration at a place, if it is left. */
  const kindAt = (place: number): number | undefined => {
    let rest = place;
    for (const [kind, { size, isLeft }] of kinds.entries()) {
      if (rest < size) return isLeft(rest) ? kind : undefined;
      rest -= size;
    }
    return undefined;
  };
  const marks: number[] = [];
  let count = 0;
  for (let i = 0; i < end && count < most; i++) {
    const kind = kindAt(order(i));
    if (kind === undefined) continue;
    if (count % STRIDE === 0) marks.push(i);
    sizes[kind]!++;
    count++;
  }
  return {
    count,
    sizes,
    between: (from, to) => {
      const places: number[] = [];
      let number = from - (from % STRIDE);
      for (let i = marks[number / STRIDE] ?? end; i < end && number < Math.min(to, count); i++) {
        const place = order(i);
        if (kindAt(place) === undefined) continue;
        if (number >= from) places.push(place);
        number++;
      }
      return places;
    },
  };
}
