/**
 * The one selection that all views of a search share: the filter's text. A brush writes comparisons into it, so that it stands in
 * the address, can be typed, and is the same for a mouse and for a keyboard.
 */
import type { Value } from '../api.js';
import type { Axis } from './axis.js';

const clausesOf = (filter: string): string[] =>
  filter
    .split(/\s+and\s+/i)
    .map((clause) => clause.trim())
    .filter(Boolean);

const isAbout = (clause: string, name: string): boolean =>
  /^([\w.]+)\s*(?:<=|>=|!=|=|<|>)/.exec(clause)?.[1] === name;

/** The filter with these comparisons of a field in place of those that it has. */
export const withClauses = (filter: string, name: string, clauses: readonly string[]): string =>
  [...clausesOf(filter).filter((clause) => !isAbout(clause, name)), ...clauses].join(' and ');

/** The least and the most that a filter lets through, of a field of numbers; empty where it does not say. */
export function rangeOf(filter: string, name: string): { from: string; to: string } {
  const bound = (operators: readonly string[]): string => {
    for (const clause of clausesOf(filter)) {
      const [, field, operator, value = ''] = /^([\w.]+)\s*(<=|>=|=)\s*(.*)$/.exec(clause) ?? [];
      if (field === name && operators.includes(operator!)) return value;
    }
    return '';
  };
  return { from: bound(['>=', '=']), to: bound(['<=', '=']) };
}

/** Comparisons for a range of numbers; either end may be open. */
export const rangeClauses = (name: string, from: string, to: string): string[] =>
  from !== '' && from === to
    ? [`${name} = ${from}`]
    : [...(from === '' ? [] : [`${name} >= ${from}`]), ...(to === '' ? [] : [`${name} <= ${to}`])];

/**
 * Comparisons for what was brushed on an axis, from 0 to 1; none when it is all of it, or nothing at all.
 *
 * @param values - What there is on the axis.
 */
export function brushed(
  name: string,
  axis: Axis,
  values: readonly (Value | null)[],
  from: number,
  to: number,
): string[] {
  const [low, high] = [Math.min(from, to), Math.max(from, to)];
  const inside = (value: Value): boolean => axis.at(value) >= low && axis.at(value) <= high;
  const known = [...new Set(values.filter((value) => value !== null))];
  const kept = known.filter(inside);
  if (kept.length === 0 || kept.length === known.length) return [];
  if (axis.kind !== 'category') {
    const numbers = kept.map(Number);
    return rangeClauses(name, String(Math.min(...numbers)), String(Math.max(...numbers)));
  }
  if (kept.length === 1) return [`${name} = ${kept[0]}`];
  return known.filter((value) => !inside(value)).map((value) => `${name} != ${value}`);
}
