/** Importances held to sums of squares by statsmodels, to Optuna's PED-ANOVA, and to what can be seen by hand. */
import { expect, test } from 'vitest';
import { importances, type Scored } from '../../../review/analysis/index.js';
import numbers from '../../fixtures/statistics.json' with { type: 'json' };

const { functionalAnova, pedAnova } = numbers.importance;
const grid: Scored[] = numbers.importance.rows.map(({ score, ...parameters }) => ({
  model: 'lstm',
  parameters: { ...parameters, epochs: 3 },
  score,
}));
const withHoles = grid.filter((_, i) => i % 7 !== 2);

test('a full grid is taken apart exactly, parameters and pairs', () => {
  const [found, ...more] = importances(grid, 'maximize');
  expect(more).toEqual([]);
  expect(found).toMatchObject({ model: 'lstm', method: 'functional ANOVA', configurations: 30 });
  const shares = Object.fromEntries(found!.effects.map((one) => [one.parameters.join(':'), one.share]));
  expect(Object.keys(shares).sort()).toEqual(Object.keys(functionalAnova).sort());
  for (const [name, share] of Object.entries(functionalAnova))
    expect(shares[name], name).toBeCloseTo(share, 10);
  expect(found!.effects[0]!.parameters).toEqual(['learning_rate']);
  const fast = grid.filter(({ parameters }) => parameters.learning_rate === 'fast');
  const level = found!.effects[0]!.levels.find(({ value }) => value === 'fast')!;
  expect(level.count).toBe(15);
  expect(level.mean).toBeCloseTo(fast.reduce((sum, { score }) => sum + score, 0) / 15, 12);
});

test.each(['maximize', 'minimize'] as const)(
  'a grid with holes is weighed as Optuna does: %s',
  (direction) => {
    const [found] = importances(withHoles, direction);
    expect(found!.method).toBe('PED-ANOVA');
    for (const { parameters, share } of found!.effects) {
      expect(share).toBeCloseTo(pedAnova[direction][parameters[0] as keyof typeof pedAnova.maximize], 10);
    }
    expect(found!.effects).toHaveLength(3);
  },
);

test('kinds come first, then each kind by itself', () => {
  const scored: Scored[] = [
    { model: 'simple', parameters: { units: 8 }, score: 0.8 },
    { model: 'simple', parameters: { units: 16 }, score: 0.8 },
    { model: 'lstm', parameters: { units: 8, dropout: 0 }, score: 0.5 },
    { model: 'lstm', parameters: { units: 8, dropout: 0.5 }, score: 0.7 },
  ];
  const found = importances(scored, 'maximize');
  expect(found.map(({ model }) => model)).toEqual([null, 'simple', 'lstm']);
  // By hand: mean 0.7, kinds 0.8 and 0.6: 4 × 0.01 of the squares 0.01 + 0.01 + 0.04 + 0.
  expect(found[0]!.effects[0]).toMatchObject({ parameters: ['model'] });
  expect(found[0]!.effects[0]!.share).toBeCloseTo(0.04 / 0.06, 12);
  expect(found[1]!.effects).toEqual([]);
  expect(found[2]!.effects).toMatchObject([{ parameters: ['dropout'], share: 1 }]);
});

test('nothing that varies, nothing to say', () => {
  expect(importances([], 'maximize')).toEqual([]);
  expect(importances([grid[0]!], 'maximize')).toEqual([]);
});
