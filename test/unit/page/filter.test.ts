/** The filter of the review page. */
import { expect, test } from 'vitest';
import { parseFilter, type Row } from '../../../review/page/client/filter.js';

const FIELDS = ['units', 'learning_rate', 'model', 'bidirectional', 'mean'];
const row = (values: Record<string, string | number | boolean | null>): Row => ({
  text: String(values.text ?? ''),
  field: (name) => values[name],
});

function kept(text: string, values: Parameters<typeof row>[0]): boolean {
  const filter = parseFilter(text, FIELDS);
  if ('error' in filter) throw new Error(filter.error);
  return filter.keeps(row(values));
}

test.each([
  ['', true],
  ['units = 64', true],
  ['units=64 and learning_rate < 0.002', true],
  ['units = 64 AND learning_rate >= 0.002', false],
  ['units != 64', false],
  ['model = lstm', true],
  ["model = 'lstm'", true],
  ['bidirectional = true', true],
  ['learning_rate <= 1e-3', true],
  ['LSTM-1', true],
  ['lstm-1 finished', true],
  ['lstm-2', false],
  ['lstm and units > 100', false],
])('%j on an LSTM of 64 units: %s', (text, expected) => {
  const values = {
    text: 'lstm-1 finished',
    units: 64,
    learning_rate: 0.001,
    model: 'lstm',
    bidirectional: true,
  };
  expect(kept(text, values)).toBe(expected);
});

test('a comparison leaves out rows that lack the field, also an unequal one', () => {
  expect(kept('units > 0', { units: null })).toBe(false);
  expect(kept('units != 1', { units: null })).toBe(false);
});

test.each([
  ['unit = 64', 'No field is called unit; there are units, learning_rate, model, bidirectional, mean.'],
  ['units > many', 'units > needs a number, not many.'],
  ['units >', 'Say what units is compared with, as in units > 0.1.'],
])('%j is told what would be right', (text, error) => {
  expect(parseFilter(text, FIELDS)).toEqual({ error });
});
