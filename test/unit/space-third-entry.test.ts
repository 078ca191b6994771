/** What an entry in a table brings with it: another source, format and cross-validation, each of them one line. */
import { expect, it, vi } from 'vitest';
import { z } from 'zod';

vi.mock('../../learning/data/sources/table.js', async (original) => {
  const fields = z.object({ table: z.string().optional().describe('Table of the texts.') });
  const database = {
    description: 'a table of a database.',
    nature: 'a table',
    mention: 'table: with the name of a table',
    namedBy: 'table',
    fields,
    spec: z.object({ table: z.string() }),
    complaints: ({ table }: { table?: unknown }) =>
      table === 'secrets'
        ? [{ field: 'table', what: 'is private', value: table, remedy: 'name another' }]
        : [],
    resolve: ({ table = '' }: z.output<typeof fields>) => ({ table }),
    open: async ({ table }: { table: string }) => ({
      name: table,
      sourceType: 'code',
      source: '{}',
      rows: [
        { text: 'fine', label: 'good' },
        { text: 'poor', label: 'bad' },
      ],
    }),
  };
  const { SOURCES } = await original<typeof import('../../learning/data/sources/table.js')>();
  return { SOURCES: { ...SOURCES, database } };
});
vi.mock('../../learning/data/formats/table.js', async (original) => {
  const { FORMATS } = await original<typeof import('../../learning/data/formats/table.js')>();
  return { FORMATS: { ...FORMATS, psv: { ...FORMATS.csv, title: 'PSV', extensions: ['.psv'] } } };
});
vi.mock('../../learning/data/cross-validation/table.js', async (original) => {
  const { STRATEGIES } = await original<typeof import('../../learning/data/cross-validation/table.js')>();
  const fields = z.object({
    margin: z.number().int().min(0).default(1).describe('Rows left out between the two'),
  });
  const latest = {
    ...STRATEGIES.hold_out,
    fields,
    complaints: ({ margin }: z.output<typeof fields>, { developmentRows }: { developmentRows: number }) =>
      margin > developmentRows
        ? [
            {
              field: 'margin',
              value: margin,
              what: `is more than the ${developmentRows} development rows`,
              remedy: 'give less',
            },
          ]
        : [],
  };
  return { STRATEGIES: { ...STRATEGIES, latest } };
});

const { loadDataset } = await import('../../learning/data/index.js');
const { checkDataset, parseSearchSpace, searchSpaceJsonSchema } = await import(
  '../../orchestrator/space/index.js'
);

const spaceOf = (dataset: string, cv = '{}') =>
  parseSearchSpace(
    `name: test\ndataset: ${dataset}\ncross_validation: ${cv}\nmodels: { simple: {} }`,
    'test.yaml',
  );

it('a third source is read as itself, named or implied, and never as a built-in one', async () => {
  for (const dataset of ['{ source: database, table: reviews }', '{ table: reviews }']) {
    const space = spaceOf(dataset);
    expect(space.dataset).toEqual({ source: 'database', table: 'reviews', test_size: 0.2 });
    expect((await loadDataset(space.dataset, 1)).texts).toEqual(['fine', 'poor']);
  }
});

it('brings its fields, checks and words', () => {
  expect(() => spaceOf('{ table: secrets }')).toThrow(
    'dataset.table: is private (value "secrets"); name another',
  );
  expect(() => spaceOf('{ source: uci-sentiment, table: reviews }')).toThrow(
    'dataset.table: does not go with source: uci-sentiment, which is built in; remove table, or the source',
  );
  expect(() => spaceOf('{ table: reviews, columns: {} }')).toThrow(
    'dataset.columns: does not go with source: database, which is a table; remove columns, or the source',
  );
  expect(() => spaceOf('{}')).toThrow(
    'add source: uci-sentiment, or file: with the path of a CSV, TSV, JSONL, Parquet, Arrow or PSV file, or folder: with the path of a Hugging Face dataset, or source: tweet_eval with a task, or source: sst2, or source: imdb, or table: with the name of a table',
  );
  const { dataset } = JSON.parse(searchSpaceJsonSchema()).properties;
  expect(dataset.properties.source.enum).toEqual([
    'uci-sentiment',
    'file',
    'folder',
    'tweet_eval',
    'sst2',
    'imdb',
    'database',
  ]);
  expect(dataset.properties.source.description).toContain('database: a table of a database.');
  expect(dataset.properties.table.description).toBe('Table of the texts.');
});

it('a fourth format is told by its ending', () => {
  expect(spaceOf('{ file: rows.psv }').dataset).toMatchObject({ format: 'psv' });
  expect(() => spaceOf('{ file: rows.txt }')).toThrow('add format: csv, tsv, jsonl, parquet, arrow or psv');
});

it('a fifth cross-validation has its own fields, and no other does', () => {
  const space = spaceOf('{ table: reviews }', '{ strategy: latest, margin: 3 }');
  expect(space.cross_validation).toEqual({ strategy: 'latest', margin: 3, seed: 42 });
  const facts = {
    rows: 100,
    developmentRows: 80,
    classes: ['bad', 'good'],
    smallestClass: 40,
    validationClasses: 0,
    groups: 0,
  };
  expect(checkDataset(space, facts)).toEqual([]);
  const [issue] = checkDataset(space, { ...facts, rows: 4, developmentRows: 2 });
  expect(issue).toMatchObject({
    path: 'cross_validation.margin',
    message: 'is more than the 2 development rows (value 3); give less',
  });
  expect(() => spaceOf('{ table: reviews }', '{ strategy: latest, n_splits: 3 }')).toThrow(
    'goes with strategy k_fold and its kin or time_series_split only (value 3); remove it: latest takes margin, or use strategy: ',
  );
  expect(() => spaceOf('{ table: reviews }', '{ margin: 3 }')).toThrow('goes with strategy latest only');
  const { properties } = JSON.parse(searchSpaceJsonSchema()).properties.cross_validation;
  expect(properties.margin.description).toBe('Rows left out between the two; default 1. With latest only.');
  expect(properties.n_splits.description).toBe(
    'Folds; default 3. With stratified_k_fold, k_fold, repeated_stratified_k_fold, group_k_fold, stratified_group_k_fold or time_series_split only.',
  );
});
