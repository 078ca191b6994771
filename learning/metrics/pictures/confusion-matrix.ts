/** Picture of a confusion matrix. */
import { escapeXml, INK, label, svgDocument } from './svg.js';

/** With more classes than this, cells are too small for numbers: colour and tooltip remain. */
const MOST_NUMBERS = 20;
const LEFT = 130;
const TOP = 60;

/**
 * Draws the matrix: true classes from top to bottom, predicted ones from left to right; each cell has its count and
 * its share of the true class, and the darker, the larger that share.
 */
export function confusionMatrixSvg(
  matrix: readonly (readonly number[])[],
  classNames: readonly string[],
): string {
  const cell = Math.max(14, Math.min(110, Math.floor(480 / matrix.length)));
  const size = cell * matrix.length;
  const width = Math.max(LEFT + size + 30, 300);
  const total = matrix.flat().reduce((sum, count) => sum + count, 0);
  const right = matrix.reduce((sum, counts, index) => sum + counts[index]!, 0);
  const names = matrix.length <= 40 ? axisNames(classNames, cell, size) : [];
  return svgDocument({
    width,
    height: TOP + size + 130,
    title: 'Confusion matrix',
    description: `Rows are true classes, columns predicted ones. ${right} of ${total} rows lie on the diagonal. ${
      matrix.length <= 10
        ? matrix.map((counts, index) => `${classNames[index]}: ${counts.join(', ')}`).join('; ')
        : ''
    }`,
    body: [
      ...matrix.flatMap((counts, actual) =>
        counts.map((count, predicted) => drawCell(count, counts, actual, predicted, cell, classNames)),
      ),
      `<rect x="${LEFT}" y="${TOP}" width="${size}" height="${size}" fill="none" stroke="${INK}"/>`,
      ...names,
      `<text x="${LEFT + size / 2}" y="${TOP + size + 118}" text-anchor="middle">Predicted class</text>`,
      `<text transform="translate(18 ${TOP + size / 2}) rotate(-90)" text-anchor="middle">True class</text>`,
    ],
  });
}

function drawCell(
  count: number,
  counts: readonly number[],
  actual: number,
  predicted: number,
  cell: number,
  classNames: readonly string[],
): string {
  const support = counts.reduce((sum, other) => sum + other, 0);
  const share = support === 0 ? 0 : count / support;
  const x = LEFT + predicted * cell;
  const y = TOP + actual * cell;
  const fill = `rgb(${Math.round(247 - share * 239)},${Math.round(251 - share * 203)},${Math.round(255 - share * 148)})`;
  const ink = share > 0.5 ? '#ffffff' : INK;
  const percent = `${(share * 100).toFixed(1)} %`;
  const font = Math.min(18, cell / 3.2);
  const numbers =
    counts.length > MOST_NUMBERS
      ? ''
      : cell < 60
        ? `<text x="${x + cell / 2}" y="${y + cell / 2 + font / 3}" font-size="${font.toFixed(1)}" fill="${ink}" text-anchor="middle">${count}</text>`
        : `<text x="${x + cell / 2}" y="${y + cell / 2 - 1}" font-size="${font.toFixed(1)}" fill="${ink}" text-anchor="middle">${count}</text>` +
          `<text x="${x + cell / 2}" y="${y + cell / 2 + font}" font-size="${(font * 0.7).toFixed(1)}" fill="${ink}" text-anchor="middle">${percent}</text>`;
  const tip = escapeXml(
    `true ${classNames[actual]}, predicted ${classNames[predicted]}: ${count} (${percent})`,
  );
  return `<g><title>${tip}</title><rect x="${x}" y="${y}" width="${cell}" height="${cell}" fill="${fill}" stroke="#ffffff"/>${numbers}</g>`;
}

function axisNames(classNames: readonly string[], cell: number, size: number): string[] {
  const font = Math.min(13, cell * 0.8);
  return classNames.flatMap((name, index) => {
    const middle = index * cell + cell / 2;
    return [
      `<text x="${LEFT - 8}" y="${TOP + middle + font / 3}" font-size="${font.toFixed(1)}" text-anchor="end">${label(name, 13)}</text>`,
      `<text transform="translate(${LEFT + middle + font / 3} ${TOP + size + 10}) rotate(-45)" font-size="${font.toFixed(1)}" text-anchor="end">${label(name, 13)}</text>`,
    ];
  });
}
