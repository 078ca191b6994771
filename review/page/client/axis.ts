/** Where values lie on an axis of a chart, from 0 to 1: on a line, on a logarithmic one, or side by side. */
import type { Value } from '../api.js';
import { plain } from './format.js';

export interface Axis {
  readonly kind: 'linear' | 'log' | 'category';
  at(value: Value): number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

/** Numbers that span so many times the least of them are easier told apart by their logarithms. */
const LOG_FROM = 20;
const TICKS = 6;
/** So many values or fewer are marked each. */
const FEW = 8;
/** Room at both ends, so that nothing lies on the frame. */
const MARGIN = 0.04;

/** @param measured - Numbers that came out rather than were chosen: marked at round places, not each. */
export function axisOf(values: readonly (Value | null)[], measured = false): Axis {
  const known = [...new Set(values.filter((value) => value !== null))];
  const numbers = known.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  if (numbers.length < known.length || known.length === 0) return categories(known);
  const [low, high] = [numbers[0]!, numbers.at(-1)!];
  const isLog = low > 0 && high / low >= LOG_FROM;
  const place = isLog ? Math.log : (value: number): number => value;
  const span = place(high) - place(low);
  const at = (value: Value): number =>
    span === 0 ? 0.5 : MARGIN + ((place(Number(value)) - place(low)) / span) * (1 - 2 * MARGIN);
  const marks =
    numbers.length <= FEW && !measured ? numbers : isLog ? powers(low, high) : rounds(low, high, TICKS);
  return {
    kind: isLog ? 'log' : 'linear',
    at,
    ticks: marks.map((value) => ({ at: at(value), label: plain(value) })),
  };
}

function categories(values: readonly Value[]): Axis {
  const sorted = values.map(String).sort((a, b) => a.localeCompare(b, undefined, { numeric: true }));
  const at = (value: Value): number => (sorted.indexOf(String(value)) + 0.5) / sorted.length;
  return { kind: 'category', at, ticks: sorted.map((label) => ({ at: at(label), label })) };
}

function powers(low: number, high: number): number[] {
  const marks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
    for (const times of [1, 3]) {
      const value = times * 10 ** power;
      if (value >= low && value <= high) marks.push(value);
    }
  return marks.length >= 2 ? marks : [low, high];
}

function rounds(low: number, high: number, most: number): number[] {
  if (low === high) return [low];
  const least = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(least));
  const step = [1, 2, 5, 10].map((times) => times * power).find((one) => one >= least * 0.999)!;
  const marks: number[] = [];
  for (let i = Math.ceil(low / step); i * step <= high; i++) marks.push(i * step);
  return marks.map((value) => Number(value.toPrecision(12)));
}
