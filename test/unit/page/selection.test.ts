/** Axes, brushes and windows of the page: what is drawn where, and what a brush says in the filter. */
import { expect, test } from 'vitest';
import { axisOf } from '../../../review/page/client/axis.js';
import { brushed, rangeClauses, rangeOf, withClauses } from '../../../review/page/client/brush.js';
import { inkOn, viridis } from '../../../review/page/client/colors.js';
import { toCsv } from '../../../review/page/client/csv.js';
import { foldBand } from '../../../review/page/client/fold-band.js';
import { busyShare, lanesOf } from '../../../review/page/client/lanes.js';
import { WHOLE, windowOf } from '../../../review/page/client/window.js';

test('a wide range of numbers is laid out by its logarithm, a narrow one evenly, names side by side', () => {
  const rates = axisOf([0.0001, 0.001, 0.01]);
  expect(rates.kind).toBe('log');
  expect(rates.at(0.001)).toBeCloseTo(0.5, 12);
  expect(rates.ticks.map(({ label }) => label)).toEqual(['0.0001', '0.001', '0.01']);
  const units = axisOf([16, 32, 64]);
  expect(units.kind).toBe('linear');
  expect(units.at(32)).toBeCloseTo(0.04 + (16 / 48) * 0.92, 12);
  const kinds = axisOf(['simple', 'lstm', null, true]);
  expect(kinds.kind).toBe('category');
  expect(kinds.ticks.map(({ label }) => label)).toEqual(['lstm', 'simple', 'true']);
  expect(axisOf([5]).at(5)).toBe(0.5);
  expect(axisOf([]).ticks).toEqual([]);
  // What came out is marked at round places.
  const scores = axisOf([0.7661, 0.7808, 0.7763], true).ticks.map(({ label }) => label);
  expect(scores).toEqual(['0.77', '0.775', '0.78']);
  expect(axisOf([0.5], true).ticks).toHaveLength(1);
});

test('a brush becomes comparisons that take the place of those of its field', () => {
  const units = [8, 16, 32, 64];
  const axis = axisOf(units);
  expect(brushed('units', axis, units, axis.at(16) - 0.01, axis.at(32) + 0.01)).toEqual([
    'units >= 16',
    'units <= 32',
  ]);
  expect(brushed('units', axis, units, axis.at(64) + 0.01, axis.at(64) - 0.01)).toEqual(['units = 64']);
  // All, or nothing, is no choice.
  expect(brushed('units', axis, units, 0, 1)).toEqual([]);
  expect(brushed('units', axis, units, 0, 0.01)).toEqual([]);
  const kinds = ['a', 'b', 'c'];
  const names = axisOf(kinds);
  expect(brushed('model', names, kinds, names.at('a'), names.at('b'))).toEqual(['model != c']);
  expect(brushed('model', names, kinds, names.at('c'), 1)).toEqual(['model = c']);

  const filter = 'lstm and units >= 8 and units <= 32 and mean > 0.7';
  expect(withClauses(filter, 'units', ['units = 64'])).toBe('lstm and mean > 0.7 and units = 64');
  expect(withClauses(filter, 'units', [])).toBe('lstm and mean > 0.7');
  expect(rangeOf(filter, 'units')).toEqual({ from: '8', to: '32' });
  expect(rangeOf('units = 8', 'units')).toEqual({ from: '8', to: '8' });
  expect(rangeOf(filter, 'unit')).toEqual({ from: '', to: '' });
  expect(rangeClauses('units', '', '8')).toEqual(['units <= 8']);
});

test('of a long table the rows near the screen are drawn, and the others have their room', () => {
  expect(windowOf(WHOLE, 30, -5000, 800)).toEqual({ from: 0, to: WHOLE, above: 0, below: 0 });
  for (const top of [0, -3000, -149_000, -1_000_000, 500]) {
    const { from, to, above, below } = windowOf(5000, 30, top, 800);
    const first = Math.min(4999, Math.max(0, Math.floor(-top / 30)));
    expect(from).toBeLessThanOrEqual(first);
    expect(to).toBeGreaterThan(Math.min(4999, first + 26));
    expect(to - from).toBeLessThan(120);
    expect(above + (to - from) * 30 + below).toBe(5000 * 30);
  }
});

test('ink can be read on every step of the scale', () => {
  const luminance = (color: string): number => {
    const hex = color.startsWith('#')
      ? [1, 3, 5].map((at) => Number.parseInt(color.slice(at, at + 2), 16))
      : color.match(/\d+/g)!.map(Number);
    const [r, g, b] = hex.map((value) =>
      value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
    );
    return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
  };
  for (let share = 0; share <= 1; share += 0.01) {
    const [a, b] = [luminance(viridis(share)), luminance(inkOn(share))];
    expect((Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05), `${share}`).toBeGreaterThanOrEqual(4.5);
  }
});

test('jobs of a worker lie in as many lanes as it works in at once', () => {
  const timeline = {
    worker: ['b:1', 'b:1', 'a:2', 'b:1'],
    name: ['x', 'x', 'x', 'x'],
    runId: ['1', '2', '3', '4'],
    fold: [0, 1, 2, null],
    status: ['FINISHED', 'FINISHED', 'FINISHED', 'RUNNING'],
    startTime: [0, 10, 20, 100],
    endTime: [100, 50, 100, null],
    earlier: [0, 0, 1, 0],
    leftOut: 0,
  };
  const lanes = lanesOf(timeline, 200);
  expect(lanes).toMatchObject([
    { worker: 'a:2', jobs: [2] },
    { worker: 'b:1', jobs: [0, 3] },
    { worker: 'b:1', jobs: [1] },
  ]);
  expect(busyShare(timeline, lanes, 200)).toBeCloseTo((100 + 40 + 80 + 100) / (200 * 3), 12);
});

test('a band of folds goes as far as any fold went', () => {
  expect(
    foldBand([
      { steps: [1, 2, 3], values: [0.1, 0.2, null] },
      { steps: [1, 2], values: [0.3, 0.6] },
    ]),
  ).toEqual({ x: [1, 2, 3], mean: [0.2, 0.4, null], low: [0.1, 0.2, null], high: [0.3, 0.6, null] });
});

test('a table goes into a file as it is, but for what a spreadsheet would run', () => {
  expect(
    toCsv(
      ['a', 'b'],
      [
        ['=1+1', 'say "x", y'],
        [-0.5, null],
      ],
    ),
  ).toBe('a,b\r\n\'=1+1,"say ""x"", y"\r\n-0.5,\r\n');
});
