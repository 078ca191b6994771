import { parse } from 'csv-parse/sync';
import { describe, expect, test } from 'vitest';
import { cvResultsCsv } from '../../../worker/metrics/index.js';

const trial = (parameters: Record<string, string | number | boolean>, scores: number[]) => ({
  parameters,
  scores,
  fitTimes: scores.map((_, index) => index + 1),
  scoreTimes: scores.map(() => 0.5),
});
const read = (csv: string): Record<string, string>[] => parse(csv, { columns: true });
const maximize = { metric: 'f1_macro', direction: 'maximize' } as const;

describe('cv_results.csv', () => {
  test('has the columns of scikit-learn in its order', () => {
    const csv = cvResultsCsv([trial({ model: 'lstm', units: 32 }, [0.5, 1])], ['model', 'units'], maximize);
    expect(csv).toBe(
      'mean_fit_time,std_fit_time,mean_score_time,std_score_time,param_model,param_units,params,' +
        'split0_test_score,split1_test_score,mean_test_score,std_test_score,rank_test_score\n' +
        '1.5,0.5,0.5,0,lstm,32,"{""model"":""lstm"",""units"":32}",0.5,1,0.75,0.25,1\n',
    );
  });

  test('ties share the lower rank; failed trials have no score and the last rank', () => {
    const rows = read(
      cvResultsCsv(
        [
          trial({ a: 1 }, [0.5, 0.5]),
          trial({ a: 2 }, [0.25, Number.NaN]),
          trial({ a: 3 }, [0.75, 0.25]),
          trial({ a: 4 }, [0.25, 0.25]),
          trial({ a: 5 }, [0.25]),
        ],
        ['a'],
        maximize,
      ),
    );
    expect(rows.map((row) => row.rank_test_score)).toEqual(['1', '4', '1', '3', '4']);
    expect(rows[1]).toMatchObject({
      split0_test_score: '0.25',
      split1_test_score: 'NaN',
      mean_test_score: 'NaN',
      std_test_score: 'NaN',
    });
    expect(rows[4]).toMatchObject({ split1_test_score: 'NaN', mean_test_score: 'NaN' });
  });

  test('a metric to be minimised ranks the smallest first', () => {
    const rows = read(
      cvResultsCsv([trial({ a: 1 }, [0.5]), trial({ a: 2 }, [0.25])], ['a'], {
        metric: 'loss',
        direction: 'minimize',
      }),
    );
    expect(rows.map((row) => row.rank_test_score)).toEqual(['2', '1']);
  });

  test('a parameter that a configuration lacks is an empty cell', () => {
    const rows = read(
      cvResultsCsv([trial({ model: 'simple' }, [1])], ['model', 'units', 'toString'], maximize),
    );
    expect(rows[0]).toMatchObject({ param_model: 'simple', param_units: '', param_toString: '' });
  });

  test('text is quoted, and no text is a formula', () => {
    const nasty = '=HYPERLINK("http://x","a,b")\nnext';
    const rows = read(cvResultsCsv([trial({ a: nasty, b: '-1', c: -1 }, [1])], ['a', 'b', 'c'], maximize));
    expect(rows[0]).toMatchObject({ param_a: `'${nasty}`, param_b: "'-1", param_c: '-1' });
    expect(JSON.parse(rows[0]!.params!)).toEqual({ a: nasty, b: '-1', c: -1 });
  });

  test('a search without trials is a header', () => {
    expect(cvResultsCsv([], ['a'], maximize).split('\n')).toHaveLength(2);
  });
});
