/** Text that fits the terminal. */
import { table } from './render.js';

/** Columns of the terminal; undefined where nobody looks: a file or a pipe takes any width. */
export const terminalWidth = (stream: NodeJS.WriteStream = process.stdout): number | undefined =>
  stream.isTTY ? stream.columns : undefined;

const WIDE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303f\uff01-\uff60]/u;

/** Columns of a terminal that a text takes. */
export function displayWidth(text: string): number {
  if (/^[\u0020-\u007e]*$/.test(text)) return text.length;
  let width = 0;
  for (const { segment } of new Intl.Segmenter().segment(text)) width += WIDE.test(segment) ? 2 : 1;
  return width;
}

/** Text broken between words, so that no line is longer than the width. */
export function wrapped(text: string, width: number | undefined): string[] {
  if (width === undefined) return [text];
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Lines that fit; a table among them, which is several lines in one text, has its own way to. */
export const fittedLines = (lines: readonly string[], width: number | undefined): string[] =>
  lines.flatMap((line) => (line.includes('\n') ? [line] : wrapped(line, width)));

/** A column of a table. */
export interface Column {
  readonly head: string;
  readonly cells: readonly unknown[];
  /** Left out when there is no room, the last first. */
  readonly optional?: boolean;
}

/** A table no wider than the width, and a line that names the columns that found no room. */
export function fittedTable(columns: readonly Column[], width: number | undefined): string {
  const left = [...columns];
  const out: string[] = [];
  const wide = (): number =>
    left.reduce(
      (sum, { head, cells }) =>
        sum + 2 + Math.max(...[head, ...cells].map((cell) => String(cell ?? '').length)),
      -2,
    );
  while (width !== undefined && wide() > width) {
    const place = left.findLastIndex(({ optional }) => optional);
    if (place === -1) break;
    out.unshift(left[place]!.head);
    left.splice(place, 1);
  }
  const rows = left[0]!.cells.map((_, row) => left.map(({ cells }) => cells[row]));
  const text = table(
    left.map(({ head }) => head),
    rows,
  );
  return out.length === 0
    ? text
    : [text, ...wrapped(`No room for ${out.join(', ')}: --wide`, width)].join('\n');
}
