/** Pruning: the same trials are stopped, after the same folds and epochs, however the search is carried out. */
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { Sandbox } from '../support/cli.js';
import { ended, foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { test } from '../support/test.js';

const COMMON = `dataset: { source: uci-sentiment, limit: 400, test_size: 0.25 }
baseline: off
training: { epochs: 5, batch_size: 16 }
`;

const RACED = `name: raced
${COMMON}strategy: { kind: grid, generation: 3 }
pruning: { folds: forgiving }
models:
  tfidf: { C: [0.001, 0.1, 1, 10], ngram_max: [1, 2], min_df: [1, 8] }
`;

const SIMPLE = `simple: { learning_rate: [0.01, 0.03, 0.001, 0.0001], hidden_units: [0, 16], dropout: [0, 0.3] }`;

const HALVED = `name: halved
${COMMON}strategy: { kind: grid, generation: 3 }
pruning: { epochs: successive_halving }
models: { ${SIMPLE} }
`;

/** Proposed from what was stopped, on either ground. */
const BOTH = `name: both
${COMMON}objective: { metric: loss }
strategy: { kind: tpe, max_trials: 24, generation: 4 }
pruning: { folds: forgiving, epochs: median }
models: { ${SIMPLE}, tfidf: { C: [0.01, 0.1, 1, 10, 100], ngram_max: [1, 2] } }
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
      configuration: tags[TAGS.configuration],
      status: info.status,
      outcome: tags[TAGS.outcome],
      pruned: tags[TAGS.pruned],
      evidence: JSON.parse(tags[TAGS.pruningEvidence] ?? 'null'),
      folds: JSON.parse(tags[TAGS.foldRuns] ?? '[]').length,
      scores: [0, 1, 2].map((fold) => metrics[`split${fold}_test_score`]),
      rungs: [1, 3].map((epoch) => metrics[`split0_epoch${epoch}_score`]),
      mean: metrics.mean_test_score,
    }))
    .sort((a, b) => a.index - b.index);

type Endings = Awaited<ReturnType<typeof endings>>;

const runAlone = async (box: Sandbox, folder: string, text: string) => {
  const file = join(folder, 'pruned.yaml');
  await writeFile(file, text);
  const alone = await box.json<Ran>('run', file, '--workers', '1');
  const { trials, folds } = alone;
  expect(trials).toMatchObject({ failed: 0 });
  expect(folds.finished + folds.spared).toBe(3 * trials.total);
  return { file, alone };
};

/** Runs it with one worker, and once more with two and an orchestrator, one of each killed in the middle. */
async function carriedOutTwice(box: Sandbox, folder: string, text: string) {
  const { file, alone } = await runAlone(box, folder, text);
  const victim = await box.up();
  const workers = [await box.worker(1), await box.worker(1)];
  const search = await box.submit(file);
  await foldsDone(victim.client, search, Math.ceil(alone.folds.finished / 2));
  for (const { child } of [victim, workers[0]!]) child.kill('SIGKILL');
  await Promise.all([victim.ended, workers[0]!.ended]);
  const { client } = await box.up();
  expect(await ended(client, search)).toBe('FINISHED');
  const found = await endings(client, search);
  expect(found).toEqual(await endings(client, alone));
  const { total } = alone.trials;
  const runs = await runsOf(client, search);
  expect(troubles(runs, { children: total, folds: alone.folds.finished })).toEqual([]);
  return { alone, search, client, found, runs };
}

/** What stands on a trial goes with how it ended. */
function expectConsistent(found: Endings): void {
  for (const { outcome, status, pruned, evidence, folds, scores, mean } of found) {
    expect(status).toBe('FINISHED');
    const scored = scores.filter((score) => score !== undefined).length;
    if (outcome === 'complete')
      expect([folds, scored, pruned, mean !== undefined]).toEqual([3, 3, undefined, true]);
    else if (evidence.at === undefined) {
      expect([outcome, folds, scored, mean]).toEqual(['pruned', evidence.rung, evidence.rung, undefined]);
      expect(pruned).toMatch(
        /^forgiving, after [12] folds? against configuration \d+: mean \d\.\d+, incumbent worst \d\.\d+$/,
      );
      expect(evidence).toMatchObject({ rule: 'forgiving', numbers: { mean: expect.any(Number) } });
    } else {
      expect([outcome, folds, scored, mean]).toEqual(['pruned', 1, 0, undefined]);
      expect(pruned).toMatch(
        /^(median|successive_halving), at epoch [13] of its first fold: \d\.\d+, (the median|place \d+) of \d+ others was \d\.\d+$/,
      );
    }
  }
}

const within = (found: Endings) => found.filter(({ evidence }) => evidence?.at !== undefined);
const between = (found: Endings) => found.filter(({ evidence }) => evidence !== null && !evidence.at);

test('stops the same trials with one worker as with two, when orchestrator and worker are killed in between', {
  timeout: 180_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const { alone, found } = await carriedOutTwice(box, folder, RACED);
  expect(alone.trials.total).toBe(16);
  expect(alone.trials.pruned).toBeGreaterThan(3);
  expectConsistent(found);
  // The best of all is not stopped, and wins.
  const best = found.reduce((a, b) => ((b.mean ?? 0) > (a.mean ?? 0) ? b : a));
  expect(best.mean).toBe(alone.best.mean);
});

test('stops within first folds what is not in the best third of complete generations, whoever trains it', {
  timeout: 180_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const { alone, found, runs } = await carriedOutTwice(box, folder, HALVED);
  expectConsistent(found);
  const stopped = within(found);
  expect(stopped.length).toBe(alone.trials.pruned);
  expect(stopped.length).toBeGreaterThan(4);
  // Two generations begin without anything to be held against.
  expect(stopped.every(({ index }) => index >= 6)).toBe(true);
  for (const { index, evidence, rungs } of found) {
    const others = found.filter((one) => one.index < Math.floor(index / 3) * 3 - 3);
    for (const [rung, epoch] of [1, 3].entries()) {
      const score = rungs[rung];
      if (score === undefined) {
        expect(evidence.at.epoch).toBeLessThan(epoch);
        continue;
      }
      const reached = others.map((one) => one.rungs[rung]).filter((one) => one !== undefined);
      const place = Math.floor((reached.length + 1) / 3);
      const better = reached.filter((one) => one > score).length;
      const isStopped = place >= 1 && better >= place;
      expect([index, epoch, evidence?.at?.epoch === epoch]).toEqual([index, epoch, isStopped]);
      if (isStopped)
        expect(evidence.numbers).toEqual({
          score,
          bar: reached.toSorted((a, b) => b - a)[place - 1],
          place,
          others: reached.length,
        });
    }
  }
  // A fold that was stopped did not fail: it is closed, with its evidence, and has a curve up to there.
  for (const { index, evidence } of stopped) {
    const fold = runs.folds.find(({ tags }) => Number(tags[TAGS.index]) === index)!;
    expect(fold.info.status).toBe('FINISHED');
    expect(JSON.parse(fold.tags[TAGS.pruningEvidence]!)).toEqual(evidence);
    expect(fold.metrics[`epoch${evidence.at.epoch}_score`]).toBe(evidence.numbers.score);
  }

  const { stdout } = await box.run('show', alone.searchId, '--top', '16');
  expect(stdout.replaceAll(/\s+/g, ' ')).toMatch(
    new RegExp(
      `Pruning stopped ${stopped.length} of 16 configurations, ${stopped.length} of them within their first fold, and spared ${2 * stopped.length} of 48 folds and up to \\d+ of ${5 * stopped.length} epochs`,
    ),
  );
  expect(stdout).toContain('pruned: successive_halving, at epoch 1 of its first fold: 0.');
});

test('prunes folds and epochs together, and TPE proposes the same from it', {
  timeout: 240_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const { alone, found, client, search } = await carriedOutTwice(box, folder, BOTH);
  expectConsistent(found);
  expect(within(found).length).toBeGreaterThan(0);
  expect(between(found).length).toBeGreaterThan(0);
  const { params } = await client.getRun(search.parentRunId);
  expect(params).toMatchObject({ pruning_folds: 'forgiving', pruning_epochs: 'median' });
  const best = found.reduce((a, b) => ((b.mean ?? 9) < (a.mean ?? 9) ? b : a));
  expect([best.mean, best.configuration]).toEqual([alone.best.mean, alone.best.configuration.hash]);
});

test('a search that Redis has lost is pruned as it was, and keeps the folds that were stopped', {
  timeout: 240_000,
}, async ({ box, folder }) => {
  const { file, alone } = await runAlone(box, folder, HALVED);
  const up = await box.up('--workers', '2');
  const search = await box.submit(file);
  await foldsDone(up.client, search, Math.ceil(0.8 * alone.folds.finished));
  up.child.kill('SIGINT');
  await up.ended;
  rmSync(join(box.home, 'redis'), { recursive: true });

  const again = await box.up();
  const before = (await runsOf(again.client, search)).folds.filter(({ info }) => info.status === 'FINISHED');
  const stopped = before.filter(({ tags }) => tags[TAGS.pruningEvidence] !== undefined);
  expect(stopped.length).toBeGreaterThan(0);
  expect((await box.run('resume', search.searchId, '--json')).code).toBe(0);
  expect(await ended(again.client, search)).toBe('FINISHED');
  expect(await endings(again.client, search)).toEqual(await endings(again.client, alone));
  const after = (await runsOf(again.client, search)).folds.map(({ info }) => info.runId);
  expect(after).toEqual(expect.arrayContaining(before.map(({ info }) => info.runId)));
  expect(after).toHaveLength(alone.folds.finished);
});
