import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { csv, cvRecords, type TrialRow } from '../../../orchestrator/search/cv-results.js';
import type { Objective } from '../../../queue/index.js';
import { rankScores } from '../../../review/analysis/index.js';

const maximize = { metric: 'f1_macro', direction: 'maximize' } as const;
const minimize = { metric: 'loss', direction: 'minimize' } as const;
const read = (csv: string): Record<string, string>[] => parse(csv, { columns: true });
const trial = (
  model: string,
  parameters: Record<string, string | number | boolean>,
  metrics: Record<string, number>,
): TrialRow => ({ configuration: { index: 0, hash: '0'.repeat(12), model, parameters }, metrics });

/** The table of trials that are the whole grid. */
async function csvOf(trials: readonly TrialRow[], splits: number, objective: Objective): Promise<string> {
  const rows = trials.map((row, index) => ({ ...row, configuration: { ...row.configuration, index } }));
  const scores = Float64Array.from(rows, ({ metrics }) => metrics.mean_test_score ?? Number.NaN);
  const parameters = [...new Set(rows.flatMap((row) => Object.keys(row.configuration.parameters)))];
  const ranks = rankScores(scores, objective.direction);
  const records = cvRecords(rows, { parameters, splits, ranks });
  return text(Readable.from(records).pipe(csv()));
}

describe('cv_results.csv', () => {
  test('has the columns of scikit-learn in its order', async () => {
    const metrics = {
      mean_fit_time: 1.5,
      std_fit_time: 0.5,
      mean_score_time: 0.5,
      std_score_time: 0,
      split0_test_score: 0.5,
      split1_test_score: 1,
      mean_test_score: 0.75,
      std_test_score: 0.25,
      mean_accuracy: 0.9,
    };
    expect(await csvOf([trial('lstm', { units: 32 }, metrics)], 2, maximize)).toBe(
      'mean_fit_time,std_fit_time,mean_score_time,std_score_time,param_model,param_units,params,' +
        'split0_test_score,split1_test_score,mean_test_score,std_test_score,rank_test_score\n' +
        '1.5,0.5,0.5,0,lstm,32,"{""model"":""lstm"",""units"":32}",0.5,1,0.75,0.25,1\n',
    );
  });

  test('a failed trial keeps the folds it has; what a model lacks is empty; formulas are inert text', async () => {
    const rows = read(
      await csvOf(
        [
          trial('simple', { note: '=1+1', shift: -1, on: true }, { split0_test_score: 0.5 }),
          trial(
            'lstm',
            { units: 8 },
            { split0_test_score: 0.25, split1_test_score: 0.75, mean_test_score: 0.5 },
          ),
        ],
        2,
        maximize,
      ),
    );
    expect(rows[0]).toMatchObject({
      param_note: "'=1+1",
      param_shift: '-1',
      param_on: 'true',
      param_units: '',
      split0_test_score: '0.5',
      split1_test_score: 'NaN',
      mean_test_score: 'NaN',
      rank_test_score: '2',
    });
    expect(rows[1]).toMatchObject({ param_note: '', param_units: '8', rank_test_score: '1' });
  });
});

describe('ranks', () => {
  test.each([
    [maximize, [0.5, Number.NaN, 0.5, 0.25], [1, 4, 1, 3]],
    [minimize, [0.5, 0.25, Number.NaN, Number.NaN], [2, 1, 3, 3]],
  ])('%j: ties share the lower rank, NaN comes last', (objective, scores, ranks) => {
    expect([...rankScores(Float64Array.from(scores), objective.direction)]).toEqual(ranks);
  });

  test('of fifty thousand trials take no quadratic time', () => {
    const scores = Float64Array.from({ length: 50_000 }, (_, i) => (i * 7919) % 100_003);
    // Time on the processor, not on the clock: others may be at work. It takes some 20 ms, and seconds when quadratic.
    const times = [1, 2, 3].map(() => {
      const before = process.cpuUsage();
      rankScores(scores, 'maximize');
      return process.cpuUsage(before).user / 1000;
    });
    expect(Math.min(...times)).toBeLessThan(400);
  });

  test('are those of the scores in descending order', () => {
    const scores = Float64Array.from({ length: 1000 }, (_, i) => (i * 7919) % 1009);
    const descending = [...scores].sort((a, b) => b - a);
    expect([...rankScores(scores, 'maximize')]).toEqual(
      [...scores].map((score) => descending.indexOf(score) + 1),
    );
  });
});
