import { describe, expect, it } from 'vitest';
import { filterText } from '../../tracking/client/index.js';
import { parseOrder } from '../../tracking/server/filter/order.js';
import { parseFilter } from '../../tracking/server/filter/parse.js';
import { experimentOrder } from '../../tracking/server/store/experiment-search.js';

describe('the filter grammar', () => {
  it.each([
    [
      'metrics.f1 > 0.5',
      [{ entity: 'metrics', key: 'f1', comparator: '>', value: { kind: 'number', value: 0.5, raw: '0.5' } }],
    ],
    [
      'metrics.`a b.c` <= -1e-3',
      [
        {
          entity: 'metrics',
          key: 'a b.c',
          comparator: '<=',
          value: { kind: 'number', value: -0.001, raw: '-1e-3' },
        },
      ],
    ],
    [
      "tags.mlflow.source.name = 'x'",
      [
        {
          entity: 'tags',
          key: 'mlflow.source.name',
          comparator: '=',
          value: { kind: 'text', value: 'x', raw: "'x'" },
        },
      ],
    ],
    [
      'run_name like "AND"',
      [
        {
          entity: undefined,
          key: 'run_name',
          comparator: 'LIKE',
          value: { kind: 'text', value: 'AND', raw: '"AND"' },
        },
      ],
    ],
    [
      "run_id not in ('a', 'b')",
      [
        {
          entity: undefined,
          key: 'run_id',
          comparator: 'NOT IN',
          value: { kind: 'list', values: ['a', 'b'], raw: "('a','b')" },
        },
      ],
    ],
    [
      "run_id IN ('a',) AND run_name = 'b'",
      [
        {
          entity: undefined,
          key: 'run_id',
          comparator: 'IN',
          value: { kind: 'list', values: ['a'], raw: "('a',)AND" },
        },
        {
          entity: undefined,
          key: 'run_name',
          comparator: '=',
          value: { kind: 'text', value: 'b', raw: "'b'" },
        },
      ],
    ],
    [
      'params.x IS NOT NULL',
      [{ entity: 'params', key: 'x', comparator: 'IS NOT NULL', value: { kind: 'none', raw: '' } }],
    ],
    ['', []],
  ])('reads %j', (filter, clauses) => {
    expect(parseFilter(filter)).toEqual(clauses);
  });

  it('joins clauses by AND alone', () => {
    expect(parseFilter("params.a = '1' and params.b = '2' AND params.c = '3'")).toHaveLength(3);
  });

  it.each([
    "params.a = '1' OR params.b = '2'",
    "params.a = 'x",
    'metrics.a >',
    '> 1',
    'metrics.a = 1 metrics.b = 2',
    '(metrics.a = 1)',
    "params.a IN ('x'",
    'params.a IN (,)',
    "params.a IN ('x',,)",
    "params.a IN (,'x')",
    'params.a IN (1)',
    'params.a == 1',
    'a; DROP TABLE runs',
    'params.a = b',
  ])('refuses %s', (filter) => {
    expect(() => parseFilter(filter)).toThrow(expect.objectContaining({ code: 'INVALID_PARAMETER_VALUE' }));
  });

  it.each([
    ['metrics.f1 DESC', { entity: 'metrics', key: 'f1', ascending: false }],
    ['start_time', { entity: undefined, key: 'start_time', ascending: true }],
    ['params.`a b` asc', { entity: 'params', key: 'a b', ascending: true }],
  ])('orders by %s', (clause, expected) => {
    expect(parseOrder(clause)).toEqual(expected);
  });
});

describe('the order of experiments', () => {
  it('is broken at ties as MLflow breaks it', () => {
    expect(experimentOrder([]).at(-1)).toEqual({ sql: 'e.id', ascending: true });
    expect(experimentOrder(['name']).at(-1)).toEqual({ sql: 'e.id', ascending: false });
  });
});

describe('a value in a filter', () => {
  it.each(['plain', "it's", 'a "b" c', "''", 'back\\slash\\', 'tick`'])('%j comes back as it was', (text) => {
    expect(parseFilter(`name = ${filterText(text)} AND tags.a = 'x'`)).toMatchObject([
      { key: 'name', value: { kind: 'text', value: text } },
      { key: 'a', value: { kind: 'text', value: 'x' } },
    ]);
  });

  it('is refused when it has both kinds of quotes: the grammar knows no escape', () => {
    expect(() => filterText(`'"`)).toThrow("MLflow's filters can't ask for");
  });
});
