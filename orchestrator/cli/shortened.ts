/** Messages of a length that a person reads, whatever was put into them. */

const MOST_OF_WORD = 300;
const MOST_OF_LINE = 1500;

/** Cuts words and lines that are too long in their middle: a path tells most at its ends. */
export const shortened = (text: string): string =>
  text
    .replace(/\S+/g, (word) => middleCut(word, MOST_OF_WORD))
    .replace(/[^\n]+/g, (line) => middleCut(line, MOST_OF_LINE));

function middleCut(text: string, most: number): string {
  if (text.length <= most) return text;
  const half = (most - 1) / 2;
  return `${text.slice(0, Math.ceil(half))}…${text.slice(-Math.floor(half))}`;
}
