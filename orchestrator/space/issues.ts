import type { z } from 'zod';

/** A place in a text file; both count from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** One thing wrong with a search space, with the place to look at and the way out. */
export interface SearchSpaceIssue extends Position {
  readonly file: string;
  /** The field, such as `models.lstm.units[1]`; empty for the file as a whole. */
  readonly path: string;
  /** What is wrong, the offending value, and what would be right. */
  readonly message: string;
}

export type Path = readonly PropertyKey[];

/** An issue before it is known where in the file it stands. */
export interface Finding {
  readonly path: Path;
  /** Point at the key instead of at its value: for keys that should not be there at all. */
  readonly atKey?: boolean;
  readonly what: string;
  /** The offending value; absent when the trouble is that there is none. */
  readonly value?: unknown;
  readonly remedy: string;
  /** Characters into the value, where it stands in the file as it is. */
  readonly offset?: number;
}

// A list of ten thousand wrong entries is one mistake, not ten thousand lines on a terminal.
const MAX_ISSUES = 50;

/** Everything that is wrong with a search space, in line order; its message has one line per issue. */
export class SearchSpaceError extends Error {
  override readonly name = 'SearchSpaceError';
  readonly issues: readonly SearchSpaceIssue[];

  constructor(issues: readonly SearchSpaceIssue[]) {
    const sorted = [...issues].sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MAX_ISSUES);
    super(sorted.map(formatIssue).join('\n'));
    this.issues = sorted;
  }
}

/** `file:line:column: field: message`, on one line; a file that was never read has no line, hence line 0. */
export function formatIssue({ file, line, column, path, message }: SearchSpaceIssue): string {
  const place = line > 0 ? `${file}:${line}:${column}` : file;
  return oneLine(path === '' ? `${place}: ${message}` : `${place}: ${path}: ${message}`);
}

/** The finding's sentence: what is wrong (value …); what would be right. */
export function findingMessage({ what, value, remedy }: Finding): string {
  const shown = value === undefined ? '' : ` (value ${showValue(value)})`;
  return oneLine(`${what}${shown}; ${remedy}`);
}

/** `models.lstm.units[1]`; keys that are not plain words are quoted. */
export function formatPath(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else if (!/^[A-Za-z_][\w-]*$/.test(String(step))) text += `[${showValue(String(step))}]`;
    else text += text === '' ? String(step) : `.${String(step)}`;
  }
  return text;
}

/** A value as one would write it in the file, cut to a length that fits a line. */
export function showValue(value: unknown): string {
  const text =
    typeof value === 'number' ? String(value) : (JSON.stringify(value, jsonNumbers) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

// JSON turns NaN and the infinities into null, which would name a value that is not in the file.
function jsonNumbers(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

/** Keeps a message on one line and free of terminal escapes, whatever the file put into a key. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The value at a path of a parsed document, `undefined` where there is none. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<PropertyKey, unknown>)[step];
  }
  return value;
}

/** What a zod refinement of the schema passes on beside its message. */
export function remedyOf(issue: z.core.$ZodIssue): string {
  const params = issue.code === 'custom' ? issue.params : undefined;
  return typeof params?.remedy === 'string' ? params.remedy : 'correct it';
}
