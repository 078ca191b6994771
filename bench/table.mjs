/** The tables of all benchmarks: Markdown, readable as it is and ready for README.md. */
import Table from 'cli-table3';

const NO_LINES = Object.fromEntries(
  ['top', 'bottom', 'mid']
    .map((line) => [line, ''])
    .concat(
      ['top', 'bottom', 'left', 'right', 'mid'].map((side) => [`${side}-mid`, '']),
      ['top-left', 'top-right', 'bottom-left', 'bottom-right'].map((corner) => [corner, '']),
    ),
);

/** Columns of numbers stand to the right. */
export function table(head, rows) {
  const cells = rows.map((row) => row.map((cell) => String(cell ?? '')));
  const columns = head.map((title, k) => ({ title, cells: cells.map((row) => row[k]) }));
  const numeric = columns.map((column) => column.cells.every((cell) => cell === '' || /^[-–]?\d/.test(cell)));
  const rule = columns.map(({ title, cells }, k) => {
    const width = Math.max(3, title.length, ...cells.map((cell) => cell.length));
    return numeric[k] ? `${'-'.repeat(width - 1)}:` : '-'.repeat(width);
  });
  const printed = new Table({
    colAligns: numeric.map((right) => (right ? 'right' : 'left')),
    style: { head: [], border: [] },
    chars: { ...NO_LINES, left: '|', middle: '|', right: '|' },
  });
  printed.push(head, rule, ...cells);
  return printed.toString();
}

export const fixed = (value, digits) => value.toFixed(digits);

/** How many times ours. */
export const times = (value) => `${value.toFixed(value < 10 ? 2 : 0)} ×`;
