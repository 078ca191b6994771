/** What the pictures share: escaping, the frame with title and description, and a plot area with axes. */

/**
 * The picture paints its own paper, so it reads the same on a white page, a dark page and in print. Line colours are
 * Okabe and Ito's set, which the colour-blind can tell apart; lines differ in dashes, too.
 */
export const INK = '#1f2933';
export const FAINT = '#c5ccd3';
const PAPER = '#ffffff';
const LINES = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9'] as const;
const DASHES = ['none', '8 3', '3 3', '10 3 2 3'] as const;

export const lineStyle = (index: number): string =>
  `stroke="${LINES[index % LINES.length]}" stroke-dasharray="${DASHES[Math.floor(index / LINES.length) % DASHES.length]}"`;

/** Text made safe for XML; lone surrogates and control characters, which XML 1.0 forbids, become U+FFFD. */
export function escapeXml(text: string): string {
  return (
    text
      .replace(/\p{Surrogate}/gu, '\ufffd')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the ones to remove
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll('>', '&gt;')
      .replaceAll('"', '&quot;')
  );
}

/** A name cut to fit its place, whole in the tooltip. */
export function label(name: string, most: number): string {
  const characters = Array.from(name);
  if (characters.length <= most) return escapeXml(name);
  return `${escapeXml(`${characters.slice(0, most - 1).join('')}…`)}<title>${escapeXml(name)}</title>`;
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** What the picture says, for those who hear it read. */
  readonly description: string;
  readonly body: readonly string[];
}

/** A whole SVG document: scales to its container, has a title and a description for screen readers. */
export function svgDocument({ width, height, title, description, body }: Picture): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-labelledby="title description" font-family="system-ui, -apple-system, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="13" fill="${INK}">`,
    `<title id="title">${escapeXml(title)}</title>`,
    `<desc id="description">${escapeXml(description)}</desc>`,
    `<rect width="${width}" height="${height}" fill="${PAPER}"/>`,
    `<text x="${width / 2}" y="26" text-anchor="middle" font-size="16" font-weight="600">${escapeXml(title)}</text>`,
    ...body,
    '</svg>',
    '',
  ].join('\n');
}

/** The unit square [0, 1] × [0, 1] as a plot area. */
export interface UnitPlot {
  readonly left: number;
  readonly top: number;
  readonly size: number;
}

/** Pixel coordinates of a point of the unit square, two digits. */
export function place({ left, top, size }: UnitPlot, x: number, y: number): string {
  return `${(left + x * size).toFixed(2)},${(top + (1 - y) * size).toFixed(2)}`;
}

/** Grid, ticks at every fifth, and names of both axes. */
export function unitAxes(plot: UnitPlot, xName: string, yName: string): string[] {
  const { left, top, size } = plot;
  const ticks = [0, 0.2, 0.4, 0.6, 0.8, 1];
  return [
    `<g stroke="${FAINT}">`,
    ...ticks.flatMap((tick) => [
      `<path d="M${place(plot, tick, 0)} L${place(plot, tick, 1)}"/>`,
      `<path d="M${place(plot, 0, tick)} L${place(plot, 1, tick)}"/>`,
    ]),
    '</g>',
    `<rect x="${left}" y="${top}" width="${size}" height="${size}" fill="none" stroke="${INK}"/>`,
    ...ticks.flatMap((tick) => [
      `<text x="${left + tick * size}" y="${top + size + 18}" text-anchor="middle">${tick.toFixed(1)}</text>`,
      `<text x="${left - 8}" y="${top + (1 - tick) * size + 4.5}" text-anchor="end">${tick.toFixed(1)}</text>`,
    ]),
    `<text x="${left + size / 2}" y="${top + size + 42}" text-anchor="middle">${escapeXml(xName)}</text>`,
    `<text transform="translate(${left - 44} ${top + size / 2}) rotate(-90)" text-anchor="middle">${escapeXml(yName)}</text>`,
  ];
}
