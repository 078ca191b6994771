/** The shipped search with a pretrained encoder, whole: fetched from its registry, embedded, fine-tuned, registered, predicted with. */
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { test } from '../support/test.js';

const SPACE = fileURLToPath(new URL('../../search-spaces/transfer.yaml', import.meta.url));

test('transfer.yaml beats the baseline by far, and its model knows what is good', {
  timeout: 900_000,
}, async ({ box }) => {
  const ran = await box.json<DocumentOf<'run'>>('run', SPACE);
  expect(ran).toMatchObject({ trials: { total: 3, finished: 3 }, folds: { total: 9, failed: 0 } });
  expect(ran.best!.mean).toBeGreaterThan(0.84);
  expect(ran.refit!.testMetrics.f1_macro).toBeGreaterThan(0.84);
  const baseline = ran.baselines.find(({ name }) => name.startsWith('TF-IDF'))!;
  expect(baseline.beaten).toBe(true);
  expect(ran.best!.mean - baseline.mean).toBeGreaterThan(0.08);
  const texts = ['I would buy it again at once', 'it broke on the second day'];
  const { predictions } = await box.json<DocumentOf<'predict'>>('predict', 'transfer', ...texts);
  expect(predictions.map(({ label }) => label)).toEqual(['positive', 'negative']);
});
