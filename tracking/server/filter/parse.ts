/**
 * The filter grammar of MLflow's searches, read into plain clauses. Pure: it knows no table and no column.
 *
 *   filter     = clause { AND clause }
 *   clause     = identifier comparator value
 *              | identifier [ NOT ] IN "(" value { "," value } [ "," ] ")"
 *              | identifier IS [ NOT ] NULL
 *   identifier = part { "." part }          part = word, or anything between backticks or double quotes
 *   comparator = "=" | "!=" | "<" | "<=" | ">" | ">=" | LIKE | ILIKE
 *   value      = number | text between single or double quotes
 *
 * As in MLflow there is no OR, no parenthesis around clauses, and no escape for a quote within a text
 * (use the other kind of quote).
 */
import { invalid } from '../errors.js';
import { type Token, tokenize } from './tokens.js';

export type Comparator =
  | '='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | 'LIKE'
  | 'ILIKE'
  | 'IN'
  | 'NOT IN'
  | 'IS NULL'
  | 'IS NOT NULL';

export type FilterValue =
  | { kind: 'text'; value: string; raw: string }
  | { kind: 'number'; value: number; raw: string }
  | { kind: 'list'; values: string[]; raw: string }
  | { kind: 'none'; raw: '' };

export interface Clause {
  /** What stands before the first dot, lower case not applied; undefined when there is no dot. */
  entity: string | undefined;
  key: string;
  comparator: Comparator;
  value: FilterValue;
}

/** Nobody writes such a filter by hand; the bound keeps a hostile one from costing memory. */
const LONGEST_FILTER = 100_000;
/** SQLite takes conditions at most 1000 levels deep, and each AND is one. */
const MOST_CLAUSES = 500;

/**
 * Parses a filter. An empty filter is no clauses.
 *
 * @throws ApiError INVALID_PARAMETER_VALUE, naming the part that could not be read.
 */
export function parseFilter(filter: string | undefined): Clause[] {
  if (filter === undefined || filter === '') return [];
  if (filter.trim() === '') throw invalid(`Invalid filter '${filter}'. Could not be parsed.`);
  if (filter.length > LONGEST_FILTER) throw invalid(`The filter string exceeds ${LONGEST_FILTER} characters`);
  const tokens = tokenize(filter);
  const clauses: Clause[] = [];
  let position = 0;

  const peek = (): Token | undefined => tokens[position];
  const isWord = (token: Token | undefined, word: string) =>
    token?.kind === 'identifier' && token.raw.toUpperCase() === word;
  const accept = (word: string): boolean => {
    if (!isWord(peek(), word)) return false;
    position += 1;
    return true;
  };
  const fail = (from: number): never => {
    const raw = tokens[from]?.raw;
    throw invalid(`Invalid clause(s) in filter string: ${raw ? `'${raw}'` : `'${filter}' ends too early`}`);
  };

  const listOfTexts = (start: number): FilterValue => {
    if (peek()?.kind !== '(') fail(start);
    const open = position;
    position += 1;
    const values: string[] = [];
    for (;;) {
      const token = peek();
      if (token?.kind !== 'text' && token?.kind !== 'identifier') {
        const got = token?.kind === ',' ? 'ill-formed list.' : rawBetween(open);
        throw invalid(
          `While parsing a list in the query, expected a non-empty list of string values, but got ${got}`,
        );
      }
      if (token.kind === 'identifier' && !token.quoted) {
        throw invalid(
          `While parsing a list in the query, expected string value, punctuation, or whitespace, but got different type in list: ${rawBetween(open)}`,
        );
      }
      values.push(token.kind === 'text' ? token.text : (token.parts[0] as string));
      position += 1;
      const next = peek();
      position += 1;
      if (next?.kind === ')') break;
      if (next?.kind !== ',') fail(start);
      // As Python prints a tuple of one.
      if (peek()?.kind === ')') {
        position += 1;
        break;
      }
    }
    return { kind: 'list', values, raw: rawBetween(open) };
  };
  const rawBetween = (from: number) =>
    tokens
      .slice(from, position + 1)
      .map(({ raw }) => raw)
      .join('');

  const single = (start: number): FilterValue => {
    const token = peek();
    position += 1;
    if (token?.kind === 'text') return { kind: 'text', value: token.text, raw: token.raw };
    if (token?.kind === 'number') return { kind: 'number', value: Number(token.raw), raw: token.raw };
    // Between double quotes stands an identifier in SQL; MLflow takes it for a text here.
    if (token?.kind === 'identifier' && token.quoted && token.parts.length === 1) {
      return { kind: 'text', value: token.parts[0] as string, raw: token.raw };
    }
    if (token?.kind === '(') {
      position -= 1;
      return listOfTexts(start);
    }
    if (token?.kind === 'identifier') {
      throw invalid(
        `Parameter value is either not quoted or unidentified quote types used for string value ${token.raw}. Use either single or double quotes.`,
      );
    }
    return fail(start);
  };

  while (position < tokens.length) {
    const start = position;
    const subject = peek();
    if (subject?.kind !== 'identifier') return fail(start);
    position += 1;
    const clause = (comparator: Comparator, value: FilterValue) => {
      const [entity, ...key] = subject.parts;
      clauses.push(
        key.length === 0
          ? { entity: undefined, key: entity as string, comparator, value }
          : { entity, key: key.join('.'), comparator, value },
      );
    };
    const operator = peek();
    if (operator?.kind === 'comparator') {
      position += 1;
      clause(operator.raw as Comparator, single(start));
    } else if (accept('LIKE')) clause('LIKE', single(start));
    else if (accept('ILIKE')) clause('ILIKE', single(start));
    else if (accept('IN')) clause('IN', listOfTexts(start));
    else if (accept('NOT')) {
      if (!accept('IN')) fail(start);
      clause('NOT IN', listOfTexts(start));
    } else if (accept('IS')) {
      const negated = accept('NOT');
      if (!accept('NULL')) fail(start);
      clause(negated ? 'IS NOT NULL' : 'IS NULL', { kind: 'none', raw: '' });
    } else fail(start);

    if (position < tokens.length && !accept('AND')) fail(position);
    else if (position === tokens.length && isWord(tokens[position - 1], 'AND')) fail(position - 1);
  }
  if (clauses.length > MOST_CLAUSES) {
    throw invalid(`A filter can have at most ${MOST_CLAUSES} clauses; it has ${clauses.length}.`);
  }
  return clauses;
}
