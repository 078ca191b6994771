import { expect, test } from 'vitest';
import { mcnemar } from '../../../review/analysis/index.js';
import numbers from '../../fixtures/statistics.json' with { type: 'json' };

test.each(numbers.mcnemar)(
  'McNemar’s exact test of %d against %d rows is as statsmodels has it',
  (...row) => {
    const [first, second, p] = row as [number, number, number];
    const found = mcnemar(first, second);
    expect(found).toBeCloseTo(p, 10);
    expect(Math.log(found)).toBeCloseTo(Math.log(p), 6);
  },
);
