/** Files of predictions, as they are read again. */
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import { foldPredictions, testPredictions } from '../../../worker/predictions.js';

const dataset = { classes: ['bad', 'good'], texts: ['never', '=1+1', 'a "fine"\nline'] };
const predicted = {
  rows: Int32Array.of(2, 1),
  labels: Int32Array.of(1, 0),
  probabilities: Float32Array.of(0.25, 0.75, 0.1, 0.9),
};

test('a fold keeps rows, labels and probabilities, without texts', () => {
  const files = foldPredictions(dataset, predicted);
  expect(Object.keys(files)).toEqual(['evaluation/predictions.json']);
  expect(JSON.parse(files['evaluation/predictions.json']!)).toEqual({
    classes: ['bad', 'good'],
    rows: [2, 1],
    labels: [1, 0],
    probabilities: [
      [0.25, 0.1],
      [0.75, 0.9],
    ],
  });
});

test('the refit keeps a table with texts, harmless to spreadsheets', () => {
  const [table] = Object.values(testPredictions(dataset, predicted));
  expect(parse(table!, { columns: true })).toEqual([
    {
      row: '2',
      text: 'a "fine"\nline',
      label: 'good',
      predicted: 'good',
      probability_bad: '0.25',
      probability_good: '0.75',
    },
    {
      row: '1',
      text: "'=1+1",
      label: 'bad',
      predicted: 'good',
      probability_bad: '0.1',
      probability_good: '0.9',
    },
  ]);
});

test('none is kept that would be too large', () => {
  const rows = new Int32Array(500_001);
  const large = { rows, labels: rows, probabilities: new Float32Array(1_000_002) };
  expect(foldPredictions(dataset, large)).toEqual({});
  expect(testPredictions(dataset, large)).toEqual({});
});
