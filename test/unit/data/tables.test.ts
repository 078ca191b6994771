import { expect, test } from 'vitest';
import { readRecords } from '../../../learning/data/formats/index.js';
import {
  type CrossValidation,
  crossValidation,
  type DatasetSpec,
  datasetSpec,
  foldsOf,
  loadDataset,
} from '../../../learning/data/index.js';

test('a dataset source that is not in the table is refused by name', async () => {
  const spec = { source: 'postgres', test_size: 0.2 } as unknown as DatasetSpec;
  await expect(loadDataset(spec, 1)).rejects.toThrow(
    'No dataset source "postgres"; there are uci-sentiment, file, folder, tweet_eval, sst2, imdb.',
  );
  expect(datasetSpec.safeParse(spec).success).toBe(false);
  expect(datasetSpec.safeParse({ ...spec, source: 'uci-sentiment' }).success).toBe(true);
});

test('a data format that is not in the table is refused by name', () => {
  expect(() => readRecords((async function* () {})(), 'avro')).toThrow(
    'No data format "avro"; there are csv, tsv, jsonl, parquet, arrow.',
  );
});

test('a cross-validation that is not in the table is refused by name', async () => {
  const cv = { strategy: 'leave_one_out', seed: 1 } as unknown as CrossValidation;
  const dataset = await loadDataset({ source: 'uci-sentiment', test_size: 0.2, limit: 20 }, 1);
  expect(() => foldsOf(dataset, Int32Array.of(0, 1, 2), cv)).toThrow(
    'No cross-validation "leave_one_out"; there are stratified_k_fold, k_fold, repeated_stratified_k_fold, hold_out, predefined, group_k_fold, stratified_group_k_fold, leave_one_group_out, time_series_split, nested.',
  );
  expect(crossValidation.safeParse(cv).success).toBe(false);
});
