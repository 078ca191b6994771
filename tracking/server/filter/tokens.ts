/** Cuts a filter or an ordering into tokens. */
import { invalid } from '../errors.js';

export type Token =
  | { kind: 'identifier'; raw: string; parts: string[]; quoted: boolean }
  | { kind: 'text'; raw: string; text: string }
  | { kind: 'number' | 'comparator' | '(' | ')' | ','; raw: string };

const SPACE = /\s+/y;
const NUMBER = /-?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?(?![\w.])/y;
const COMPARATOR = /<=|>=|!=|<>|==|=|<|>/y;
const TEXT = /'((?:[^']|'')*)'/y;
const WORD = /[\p{L}\p{N}_]+/uy;
const QUOTED = /`([^`]*)`|"([^"]*)"/y;

/**
 * @throws ApiError INVALID_PARAMETER_VALUE at the first character that starts no token.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let position = 0;
  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = position;
    const found = pattern.exec(source);
    if (found) position = pattern.lastIndex;
    return found;
  };

  while (position < source.length) {
    if (match(SPACE)) continue;
    const start = position;
    const text = match(TEXT);
    if (text) {
      tokens.push({ kind: 'text', raw: text[0], text: text[1] as string });
      continue;
    }
    const number = match(NUMBER);
    if (number) {
      tokens.push({ kind: 'number', raw: number[0] });
      continue;
    }
    const comparator = match(COMPARATOR);
    if (comparator) {
      if (comparator[0] === '<>' || comparator[0] === '==') {
        throw invalid(`Invalid comparator '${comparator[0]}' in filter string: '${source}'`);
      }
      tokens.push({ kind: 'comparator', raw: comparator[0] });
      continue;
    }
    const character = source[position] as string;
    if (character === '(' || character === ')' || character === ',') {
      position += 1;
      tokens.push({ kind: character, raw: character });
      continue;
    }
    const parts: string[] = [];
    let quoted = false;
    for (;;) {
      const quote = match(QUOTED);
      const word = quote ?? match(WORD);
      if (!word) throw invalid(`Invalid clause(s) in filter string: '${source.slice(start, start + 50)}'`);
      quoted ||= quote !== null;
      parts.push(quote ? ((quote[1] ?? quote[2]) as string) : word[0]);
      if (source[position] !== '.') break;
      position += 1;
    }
    tokens.push({ kind: 'identifier', raw: source.slice(start, position), parts, quoted });
  }
  return tokens;
}
