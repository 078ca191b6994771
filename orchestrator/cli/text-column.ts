/** Tables that end in a column of texts, which is cut to the room that the others leave. */
import { type Column, displayWidth } from './fit.js';
import { plain, table } from './render.js';

/** Less of a text tells nothing. */
const LEAST_TEXT = 20;
const GAP = 2;

/** @returns undefined when the width leaves no room for texts */
export function tableWithTexts(
  columns: readonly Column[],
  texts: readonly string[],
  width: number | undefined,
): string | undefined {
  const taken = columns.reduce(
    (sum, { head, cells }) =>
      sum + GAP + Math.max(...[head, ...cells].map((cell) => displayWidth(plain(String(cell ?? ''))))),
    0,
  );
  const room = width === undefined ? Number.POSITIVE_INFINITY : width - taken;
  if (room < LEAST_TEXT) return undefined;
  return table(
    [...columns.map(({ head }) => head), 'text'],
    texts.map((text, row) => [...columns.map(({ cells }) => cells[row]), cutText(text, room)]),
  );
}

/** A text that takes no more columns of a terminal than this. */
export function cutText(text: string, width: number): string {
  // Of a text of megabytes the beginning is enough to see that it doesn't fit.
  if (text.length <= width && displayWidth(text) <= width) return text;
  if (width === Number.POSITIVE_INFINITY) return text;
  let cut = '';
  let taken = 0;
  for (const { segment } of new Intl.Segmenter().segment(text.slice(0, width * 8))) {
    const wide = displayWidth(segment);
    if (taken + wide > width - 1) break;
    cut += segment;
    taken += wide;
  }
  return cut === text ? text : `${cut.trimEnd()}…`;
}
