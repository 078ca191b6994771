/** Predictions of several models, in terminals of any width and as CSV. */
import { parse } from 'csv-parse/sync';
import { expect, test } from 'vitest';
import type { SaidBy } from '../../orchestrator/app/index.js';
import { displayWidth } from '../../orchestrator/cli/fit.js';
import { predictionsCsv, predictionWarnings, sideBySide } from '../../orchestrator/cli/predictions.js';

const TEXTS = ['=worth every penny', `never again ${'and again '.repeat(20)}`, '好'.repeat(80)];

/** A model that gives these labels. */
const model = (name: string, labels: readonly string[], classes = ['bad', 'good']): SaidBy => ({
  name,
  version: '1',
  classes,
  predictions: labels.map((label) => ({
    label,
    probabilities: Object.fromEntries(classes.map((one) => [one, one === label ? 0.75 : 0.25])),
    known: true,
  })),
});
const SAID = [model('one', ['good', 'bad', 'bad']), model('other', ['good', 'good', 'bad'])];

test('a column each, texts cut to the room, disagreements marked', () => {
  const lines = sideBySide(TEXTS, SAID, 80).split('\n');
  expect(lines[0]).toMatch(/^ +one\/1 +other\/1 +text$/);
  expect(lines[1]).toMatch(/^ +good 0\.7500 +good 0\.7500 +=worth every penny$/);
  expect(lines[2]).toMatch(/^≠ +bad 0\.7500 +good 0\.7500 +never again .*…$/);
  expect(lines.at(-1)).toBe('They differ on 1 of 3 texts (≠).');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
  expect(sideBySide(TEXTS, SAID, undefined)).toContain(TEXTS[1]!.trimEnd());
});

test('more models than fit: a line each beneath the text', () => {
  const many = Array.from({ length: 6 }, (_, i) =>
    model(`sentiment-${i}`, ['good', i ? 'bad' : 'good', 'bad']),
  );
  const lines = sideBySide(TEXTS, many, 80).split('\n');
  expect(lines).toHaveLength(3 * 7 + 1);
  expect(lines[0]).toBe('  =worth every penny');
  expect(lines[7]).toMatch(/^≠ never again .*…$/);
  expect(lines[8]).toBe('    sentiment-0/1  good 0.7500');
  for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(80);
});

test('CSV has a row for each text, and no formulas', () => {
  expect(parse(predictionsCsv(TEXTS, SAID), { columns: true })[0]).toEqual({
    text: "'=worth every penny",
    'one/1 label': 'good',
    'one/1 probability_bad': '0.25',
    'one/1 probability_good': '0.75',
    'other/1 label': 'good',
    'other/1 probability_bad': '0.25',
    'other/1 probability_good': '0.75',
    agree: 'true',
  });
  expect(parse(predictionsCsv(TEXTS, [SAID[0]!]))[0]).toEqual([
    'text',
    'label',
    'probability_bad',
    'probability_good',
  ]);
});

test('classes that are not the same are told of', () => {
  expect(predictionWarnings(TEXTS, SAID)).toEqual([]);
  const third = model('third', ['fair', 'bad', 'bad'], ['bad', 'fair', 'good']);
  expect(predictionWarnings(TEXTS, [SAID[0]!, third])).toEqual([
    expect.stringContaining('don’t have the same classes (one/1 bad, good; third/1 bad, fair, good)'),
  ]);
});
