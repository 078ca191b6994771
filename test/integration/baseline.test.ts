/** The baseline that is trained beside every search: its numbers are those of a trial with its settings, and its word counts. */
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { test } from '../support/test.js';

const NAME = 'TF-IDF + logistic regression';
const SPACE = `name: held-against
dataset: { source: uci-sentiment, limit: 400 }
models: { tfidf: { ngram_max: 2, C: [1.0e-3, 10] } }
`;

interface Ran {
  readonly best: { readonly mean: number; readonly std: number };
  readonly refit: { readonly testMetrics: Readonly<Record<string, number>> };
  readonly baselines: readonly {
    readonly name: string;
    readonly mean: number;
    readonly std: number;
    readonly test: number;
    readonly beaten: boolean;
  }[];
}

test('stands beside the winner, is trained once a dataset and folds, and can be left out', {
  timeout: 120_000,
}, async ({ box, folder }) => {
  const run = async (text: string): Promise<Ran> => {
    await writeFile(join(folder, 'space.yaml'), text);
    const { code, stdout, stderr } = await box.run('run', join(folder, 'space.yaml'), '--json');
    expect(code, stderr).toBe(0);
    return JSON.parse(stdout) as Ran;
  };
  const { best, refit, baselines } = await run(SPACE);
  const own = baselines.find(({ name }) => name === NAME)!;
  expect(own.mean).toBeCloseTo(best.mean, 9);
  expect(own.std).toBeCloseTo(best.std, 9);
  expect(own.test).toBe(refit.testMetrics.f1_macro);
  expect(own.beaten).toBe(false);
  const shown = await box.run('show', 'held-against');
  expect(shown.stdout).toMatch(/Baseline TF-IDF \+ logistic regression: .*the winner does not beat that/);
  expect(shown.stdout).toMatch(/Warning: the winner's mean f1_macro 0\.\d{4} is no better than 0\.\d{4}/);

  const cache = join(box.home, 'cache', 'baselines');
  const [file, ...others] = await readdir(cache);
  expect(others).toEqual([]);
  const kept = JSON.parse(await readFile(join(cache, file!), 'utf8'));
  await writeFile(join(cache, file!), JSON.stringify({ ...kept, mean: 0.125 }));
  const again = await run(SPACE);
  expect(again.baselines.find(({ name }) => name === NAME)!.mean).toBe(0.125);

  const without = await run(`${SPACE}baseline: off\n`);
  expect(without.baselines.map(({ name }) => name)).toEqual(['majority class']);
});

test('that has no score is left out, and the search ends well', { timeout: 120_000 }, async ({
  box,
  folder,
}) => {
  const rows = (labels: readonly string[], of: number) =>
    Array.from({ length: of }, (_, row) => {
      const label = labels[row % labels.length]!;
      return `${label === 'bad' ? 'awful' : 'lovely'} thing number ${row},${label}`;
    });
  await mkdir(join(folder, 'data'));
  await writeFile(join(folder, 'data', 'train.csv'), `text,label\n${rows(['bad', 'good'], 60).join('\n')}\n`);
  // One class alone: no ROC curve on these rows.
  await writeFile(join(folder, 'data', 'test.csv'), `text,label\n${rows(['good'], 20).join('\n')}\n`);
  await writeFile(
    join(folder, 'space.yaml'),
    `name: one-sided
dataset: { folder: data, columns: { text: text, label: label }, splits: source }
objective: { metric: roc_auc }
models: { tfidf: {} }
`,
  );
  const { code, stdout, stderr } = await box.run('run', join(folder, 'space.yaml'), '--json');
  expect(code, stderr).toBe(0);
  const ran = JSON.parse(stdout) as Ran & { status: string };
  expect(ran.status).toBe('FINISHED');
  expect(ran.refit.testMetrics.roc_auc ?? null).toBeNull();
  expect(ran.baselines).toEqual([]);
});
