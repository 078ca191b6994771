/** A parameter that varies as a side of the unit cube: where its values lie on it, and which value lies where. */
import type { ModelAxes, ParameterValue } from '../../../../queue/index.js';
import { valueAt, varies } from '../points.js';

type Axis = ModelAxes['axes'][number];

/** A value's part of a side; of a continuous parameter a single point. */
export interface Cell {
  readonly low: number;
  readonly high: number;
}

export interface Side {
  readonly parameter: string;
  /** Whether values that are close are alike. Those of other sides are names. */
  readonly ordered: boolean;
  /** Cells; infinite of a continuous parameter. */
  readonly count: number;
  cellOf(value: ParameterValue): Cell;
  valueAt(place: number): ParameterValue;
}

/** The sides of a kind's cube, in the order of its parameters. */
export const sidesOf = ({ axes }: ModelAxes): Side[] => axes.filter(varies).map(sideOf);

function sideOf(axis: Axis): Side {
  return axis.range === undefined ? listed(axis) : ranged(axis, axis.range);
}

/** Numbers are sorted and take equal parts: a person who writes 16, 64, 256 means three equal steps. */
function listed({ parameter, values }: Axis): Side {
  const numbers = values.filter((value) => typeof value === 'number');
  const ordered = numbers.length === values.length;
  const all = ordered ? numbers.sort((a, b) => a - b) : values;
  const places = new Map(all.map((value, place) => [value, place]));
  const count = all.length;
  return {
    parameter,
    ordered,
    count,
    cellOf: (value) => {
      const place = places.get(value) ?? 0;
      return { low: place / count, high: (place + 1) / count };
    },
    valueAt: (place) => all[Math.min(count - 1, Math.floor(place * count))]!,
  };
}

/** As values are drawn from the range: each whole number has its share, ratios are equal on a log scale. */
function ranged(axis: Axis, { min, max, scale, integer }: NonNullable<Axis['range']>): Side {
  const half = integer ? 0.5 : 0;
  const scaled = (value: number): number => (scale === 'log' ? Math.log(value) : value);
  const [start, end] = [scaled(min - half), scaled(max + half)];
  const placeOf = (value: number): number =>
    Math.min(1, Math.max(0, (scaled(value) - start) / (end - start)));
  return {
    parameter: axis.parameter,
    ordered: true,
    count: integer ? max - min + 1 : Number.POSITIVE_INFINITY,
    cellOf: (value) => ({ low: placeOf(Number(value) - half), high: placeOf(Number(value) + half) }),
    valueAt: (place) => valueAt(axis, place),
  };
}
