/**
 * Filters as people type them: `units = 64 and learning_rate < 0.002`, or just a word. Words are looked for in a row's text;
 * comparisons read its fields.
 */
import type { Value } from '../api.js';

export interface Row {
  /** What a plain word is looked for in, lower case. */
  readonly text: string;
  /** Undefined for a field that no row has. */
  field(name: string): Value | null | undefined;
}

export type Filter = { readonly keeps: (row: Row) => boolean } | { readonly error: string };

const COMPARISON = /^([\w.]+)\s*(<=|>=|!=|=|<|>)\s*(.*)$/;

/** @param fields - Names that may be compared. */
export function parseFilter(text: string, fields: readonly string[]): Filter {
  const clauses = text
    .split(/\s+and\s+/i)
    .map((clause) => clause.trim())
    .filter(Boolean);
  const tests: ((row: Row) => boolean)[] = [];
  for (const clause of clauses) {
    const [, name, operator, wanted = ''] = COMPARISON.exec(clause) ?? [];
    if (name === undefined) {
      const words = clause.toLowerCase().split(/\s+/);
      tests.push(({ text }) => words.every((word) => text.includes(word)));
      continue;
    }
    if (!fields.includes(name))
      return { error: `No field is called ${name}; there are ${fields.join(', ')}.` };
    const value = wanted.replace(/^(['"])(.*)\1$/, '$2');
    if (value === '') return { error: `Say what ${name} is compared with, as in ${name} ${operator} 0.1.` };
    if (!/^!?=$/.test(operator!) && Number.isNaN(Number(value)))
      return { error: `${name} ${operator} needs a number, not ${value}.` };
    tests.push((row) => compare(row.field(name), operator!, value));
  }
  return { keeps: (row) => tests.every((test) => test(row)) };
}

function compare(given: Value | null | undefined, operator: string, wanted: string): boolean {
  if (given === null || given === undefined) return false;
  const number = Number(wanted);
  switch (operator) {
    case '=':
    case '!=': {
      const same = typeof given === 'number' ? given === number : String(given) === wanted;
      return same === (operator === '=');
    }
    case '<':
      return Number(given) < number;
    case '<=':
      return Number(given) <= number;
    case '>':
      return Number(given) > number;
    default:
      return Number(given) >= number;
  }
}
