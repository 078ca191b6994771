/** Fold racing: the same trials are stopped, after the same folds, however the search is carried out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { ended, foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { test } from '../support/test.js';

const RACED = `name: raced
dataset: { source: uci-sentiment, limit: 400, test_size: 0.25 }
strategy: { kind: grid, generation: 3 }
pruning: { folds: forgiving }
models:
  tfidf: { C: [0.001, 0.1, 1, 10], ngram_max: [1, 2], min_df: [1, 8] }
baseline: off
`;

interface Ran extends Submitted {
  readonly trials: { total: number; finished: number; pruned: number; failed: number };
  readonly folds: { total: number; finished: number; failed: number; spared: number };
  readonly best: { configuration: { hash: string }; mean: number };
}

/** What became of every configuration, in their order. */
const endings = async (client: TrackingClient, search: Submitted) =>
  (await runsOf(client, search)).children
    .map(({ info, tags, metrics }) => ({
      index: Number(tags[TAGS.index]),
      status: info.status,
      outcome: tags[TAGS.outcome],
      pruned: tags[TAGS.pruned],
      evidence: JSON.parse(tags[TAGS.pruningEvidence] ?? 'null'),
      scores: [0, 1, 2].map((fold) => metrics[`split${fold}_test_score`]),
      mean: metrics.mean_test_score,
    }))
    .sort((a, b) => a.index - b.index);

test('stops the same trials with one worker as with two, when orchestrator and worker are killed in between', {
  timeout: 180_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const file = join(folder, 'raced.yaml');
  await writeFile(file, RACED);
  const alone = await box.json<Ran>('run', file, '--workers', '1');
  const { trials, folds } = alone;
  expect(trials).toMatchObject({ total: 16, failed: 0 });
  expect(trials.pruned).toBeGreaterThan(3);
  expect(folds.finished + folds.spared).toBe(48);

  const victim = await box.up();
  const workers = [await box.worker(1), await box.worker(1)];
  const search = await box.submit(file);
  await foldsDone(victim.client, search, 10);
  for (const { child } of [victim, workers[0]!]) child.kill('SIGKILL');
  await Promise.all([victim.ended, workers[0]!.ended]);
  const { client } = await box.up();
  expect(await ended(client, search)).toBe('FINISHED');

  const found = await endings(client, search);
  expect(found).toEqual(await endings(client, alone));
  expect(troubles(await runsOf(client, search), { children: 16, folds: folds.finished })).toEqual([]);
  for (const { outcome, status, pruned, evidence, scores, mean } of found) {
    expect(status).toBe('FINISHED');
    const done = scores.filter((score) => score !== undefined).length;
    if (outcome === 'complete') expect([done, pruned, mean !== undefined]).toEqual([3, undefined, true]);
    else {
      expect([outcome, done, mean]).toEqual(['pruned', evidence.rung, undefined]);
      expect(pruned).toMatch(
        /^forgiving, after [12] folds? against configuration \d+: mean 0\.\d+, incumbent worst 0\.\d+$/,
      );
      expect(evidence).toMatchObject({ rule: 'forgiving', numbers: { mean: expect.any(Number) } });
    }
  }
  // The best of all is not stopped, and wins.
  const best = found.reduce((a, b) => ((b.mean ?? 0) > (a.mean ?? 0) ? b : a));
  expect(best.mean).toBe(alone.best.mean);
});
