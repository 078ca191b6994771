/** `predict` with several models: side by side, each as if it were alone. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { expect } from 'vitest';
import { DOCUMENTS, type DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { test } from '../support/test.js';

const TEXTS = ['worth every penny', 'never again, a waste of money', '=1+1', 'not bad at all'];

test('texts stand beside what each model says of them', { timeout: 120_000 }, async ({ box, folder }) => {
  const file = join(folder, 'space.yaml');
  for (const [name, models] of [
    ['terms', '{ tfidf: { C: 10 } }'],
    ['means', '{ simple: { epochs: 1, learning_rate: 1.0e-6 } }'],
  ]) {
    await writeFile(
      file,
      `name: ${name}\ndataset: { source: uci-sentiment, limit: 300 }\nmodels: ${models}\nbaseline: off\n`,
    );
    await box.json('run', file);
  }
  const { stdout } = await box.run('predict', 'terms', 'means@champion', ...TEXTS, '--json');
  const both = DOCUMENTS['predict-several'].schema.parse(JSON.parse(stdout));
  expect(both.models).toEqual([
    { model: 'terms', version: '1', classes: ['negative', 'positive'] },
    { model: 'means', version: '1', classes: ['negative', 'positive'] },
  ]);
  const alone = await box.json<DocumentOf<'predict'>>('predict', 'means/1', ...TEXTS);
  expect(both.texts.map(({ predictions }) => predictions[1])).toEqual(
    alone.predictions.map(({ text: _, ...prediction }) => prediction),
  );
  for (const { agree, predictions } of both.texts)
    expect(agree).toBe(predictions[0]!.label === predictions[1]!.label);
  // A model that has learnt nothing says one thing of all.
  const differing = both.texts.filter(({ agree }) => !agree).length;
  expect(differing).toBeGreaterThan(0);

  const shown = await box.run('predict', 'terms/1', 'means/1', ...TEXTS);
  expect(shown.stdout.match(/^≠/gm)).toHaveLength(differing);
  expect(shown.stdout).toContain(`They differ on ${differing} of 4 texts (≠).`);

  await writeFile(join(folder, 'texts.csv'), `review\n${TEXTS.map((text) => `"${text}"`).join('\n')}\n`);
  const table = await box.run(
    'predict',
    'terms/1',
    'means/1',
    '--file',
    join(folder, 'texts.csv'),
    '--column',
    'review',
    '--csv',
  );
  const rows = parse(table.stdout, { columns: true }) as Record<string, string>[];
  expect(rows.map(({ agree }) => agree === 'true')).toEqual(both.texts.map(({ agree }) => agree));
  expect(rows.map((row) => row['terms/1 label'])).toEqual(
    both.texts.map(({ predictions }) => predictions[0]!.label),
  );
  expect(rows[2]!.text).toBe("'=1+1");

  const doubtful = await box.run('predict', 'terms', 'nobody@champion');
  expect(doubtful.stderr).toContain('note: nobody@champion is taken for a text');
  const missing = await box.run('predict', 'terms', 'means@nobody', 'x');
  expect(missing.code).toBe(2);
  expect(missing.stderr).toContain('means has no version "nobody"');
});
