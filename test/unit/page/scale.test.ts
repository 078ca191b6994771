/** The common scale of the review page's dots. */
import { expect, test } from 'vitest';
import { scaleOf } from '../../../review/page/client/scale.js';

test('marks round numbers within what is shown, with the digits that they need', () => {
  const { ticks, digits, at } = scaleOf([0.7601, 0.8399]);
  expect(ticks.map((tick) => tick.toFixed(digits))).toEqual(['0.76', '0.78', '0.80', '0.82', '0.84']);
  expect(at(0.8)).toBeCloseTo(50);
  for (const value of [0.7601, 0.8399]) {
    expect(at(value)).toBeGreaterThan(0);
    expect(at(value)).toBeLessThan(100);
  }
});

test.each([[[]], [[0]], [[0.5, 0.5]], [[-3, 1e-9, 1e6]]])('%j has a scale too', (values) => {
  const { ticks, at } = scaleOf(values);
  expect(ticks.length).toBeGreaterThan(0);
  for (const value of values) expect(at(value)).toBeGreaterThan(0);
  for (const tick of ticks) expect(at(tick)).toBeLessThanOrEqual(100);
});

test('a hundred thousand values are no stack overflow', () => {
  expect(scaleOf(Array.from({ length: 100_000 }, (_, i) => i)).ticks).toHaveLength(6);
});
