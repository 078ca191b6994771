/** A search's configurations, column by column, and the order in which the page shows them. */
import { expect, test } from 'vitest';
import { shownRows } from '../../../review/page/client/rows.js';
import { trialTable } from '../../../review/results/columns.js';
import type { TrialSummary } from '../../../review/results/index.js';

function trial(index: number, model: string, parameters: object, scores: readonly number[]): TrialSummary {
  const complete = scores.length === 2;
  return {
    runId: `r${index}`,
    runName: `${model}-${index}`,
    status: complete ? 'FINISHED' : 'FAILED',
    outcome: complete ? 'complete' : 'failed',
    startTime: 1,
    endTime: 2,
    params: {},
    metrics: Object.fromEntries(scores.map((score, fold) => [`split${fold}_test_score`, score])),
    ...(!complete && { failure: 'fold 1: cursed' }),
    configuration: { index, hash: `h${index}`, model, parameters: { ...parameters } },
    mean: complete ? (scores[0]! + scores[1]!) / 2 : undefined,
    std: complete ? 0.1 : undefined,
  };
}

const TRIALS = [
  trial(3, 'lstm', { units: 32, epochs: 5 }, [0.8, 0.9]),
  trial(0, 'simple', { hidden: 0, epochs: 5 }, [0.7, 0.8]),
  trial(1, 'lstm', { units: 64, epochs: 5 }, [0.8, 0.7]),
  trial(2, 'lstm', { units: 128, epochs: 5 }, [0.6]),
];
const { columns, varying, shared } = trialTable(TRIALS, 2);

test('every column has an entry for every configuration, null where there is nothing', () => {
  expect(columns).toMatchObject({
    name: ['lstm-3', 'simple-0', 'lstm-1', 'lstm-2'],
    rank: [1, 2, 2, null],
    folds: [
      [0.8, 0.9],
      [0.7, 0.8],
      [0.8, 0.7],
      [0.6, null],
    ],
    status: ['FINISHED', 'FINISHED', 'FINISHED', 'FAILED'],
    reason: [null, null, null, 'fold 1: cursed'],
    parameters: { units: [32, null, 64, 128] },
  });
});

test('a parameter that one model kind lacks varies only if the others differ in it', () => {
  expect({ varying, shared }).toEqual({ varying: ['units'], shared: { hidden: 0, epochs: 5 } });
});

const names = (filter: string, sort: string): (string | undefined)[] =>
  shownRows(columns, filter, sort).rows.map((row) => columns.name[row]);

test('rows are sorted by any field, those that lack it last', () => {
  expect(names('', '')).toEqual(['lstm-3', 'simple-0', 'lstm-1', 'lstm-2']);
  expect(names('', '-units')).toEqual(['lstm-2', 'lstm-1', 'lstm-3', 'simple-0']);
  expect(names('', 'units')).toEqual(['lstm-3', 'lstm-1', 'lstm-2', 'simple-0']);
  expect(names('', 'mean')).toEqual(['simple-0', 'lstm-1', 'lstm-3', 'lstm-2']);
});

test('rows are filtered by parameters, scores, state and the reason of a failure', () => {
  expect(names('units <= 64 and mean > 0.8', '')).toEqual(['lstm-3']);
  expect(names('status = failed', '')).toEqual(['lstm-2']);
  expect(names('cursed', '')).toEqual(['lstm-2']);
  expect(shownRows(columns, 'layers = 2', '').error).toMatch(/^No field is called layers; there are rank, /);
});
