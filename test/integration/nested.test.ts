/** Nested cross-validation end to end: the estimate is that of the fold runs, and stays the same when everything dies in between. */
import { rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { nestedResult } from '../../queue/index.js';
import { ROLE, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { test } from '../support/test.js';

const [OUTER, INNER] = [3, 2];
const NESTED = `name: nested
dataset: { source: uci-sentiment, limit: 500, test_size: 0.2 }
cross_validation:
  strategy: nested
  outer: { strategy: stratified_k_fold, n_splits: ${OUTER} }
  inner: { strategy: k_fold, n_splits: ${INNER} }
models:
  tfidf: { C: [0.01, 1, 100], ngram_max: [1, 2] }
baseline: off
`;
const WHOLE = { children: 6, folds: 6 * OUTER * (1 + INNER) };

interface Ran extends Submitted {
  readonly best: { mean: number; std: number; childRunId: string };
  readonly nested: unknown;
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;

/** The estimate of a search, reckoned anew from its fold runs alone. */
async function reckoned(client: TrackingClient, search: Submitted) {
  const { folds, children } = await runsOf(client, search);
  const trials = children
    .map(({ info, tags }) => ({ runId: info.runId, index: Number(tags[TAGS.index]) }))
    .sort((a, b) => a.index - b.index)
    .map(({ runId, index }) => {
      const scores: number[] = [];
      for (const { tags, metrics } of folds)
        if (tags[TAGS.parentRunId] === runId) scores[Number(tags[TAGS.fold])] = metrics.score!;
      return { index, scores };
    });
  const picks = Array.from({ length: OUTER }, (_, fold) => {
    const from = OUTER + fold * INNER;
    const means = trials.map(({ scores }) => mean(scores.slice(from, from + INNER)));
    const best = means.indexOf(Math.max(...means));
    return { index: trials[best]!.index, innerMean: means[best]!, score: trials[best]!.scores[fold]! };
  });
  const means = trials.map(({ scores }) => mean(scores.slice(0, OUTER)));
  const estimate = mean(picks.map(({ score }) => score));
  const deviation = Math.sqrt(mean(picks.map(({ score }) => (score - estimate) ** 2)));
  return { picks, mean: estimate, std: deviation, winner: Math.max(...means) };
}

/** The file of the search, without what is another one's in another search. */
async function written(client: TrackingClient, search: Submitted) {
  const parent = await client.getRun(search.parentRunId);
  const result = nestedResult.parse(JSON.parse(String(await client.downloadArtifact(parent, 'nested.json'))));
  return { ...result, picks: result.picks.map(({ childRunId: _, ...pick }) => pick) };
}

test('an estimate beside the winner, from the fold runs alone, the same when queue and processes are lost in between', {
  timeout: 240_000,
}, async ({ box, folder, tracking: there }) => {
  const file = join(folder, 'nested.yaml');
  await writeFile(file, NESTED);
  const alone = await box.json<Ran>('run', file, '--workers', '1');
  const up = await box.up('--workers', '2');
  const { client } = up;

  // Ranked and chosen by the outer folds.
  const runs = await runsOf(client, alone);
  expect(troubles(runs, WHOLE)).toEqual([]);
  const expected = await reckoned(client, alone);
  expect(alone.best.mean).toBeCloseTo(expected.winner, 12);
  const result = await written(client, alone);
  expect(result.mean).toBeCloseTo(expected.mean, 12);
  expect(result.std).toBeCloseTo(expected.std, 12);
  expect(result.optimism).toBeCloseTo(expected.winner - expected.mean, 12);
  expect(result.picks.map(({ configuration }) => configuration.index)).toEqual(
    expected.picks.map(({ index }) => index),
  );
  for (const [fold, pick] of result.picks.entries()) {
    expect(pick.innerMean).toBeCloseTo(expected.picks[fold]!.innerMean, 12);
    expect(pick.score).toBe(expected.picks[fold]!.score);
  }

  // What is told of it.
  expect(alone.nested).toMatchObject(result);
  const parent = await client.getRun(alone.parentRunId);
  expect(parent.metrics).toMatchObject({
    nested_mean_test_score: result.mean,
    nested_std_test_score: result.std,
    nested_optimism: result.optimism,
  });
  const shown = await box.json<{
    evidence: { nested: unknown; scores: number };
    children: { metrics: Record<string, number>; folds: { fold: number; inner: string | null }[] }[];
  }>('show', alone.searchId);
  expect(shown.evidence.nested).toEqual(alone.nested);
  expect(shown.evidence.scores).toBe(OUTER);
  expect(shown.children[0]!.folds.map(({ inner }) => inner)).toEqual([
    ...[null, null, null],
    ...['0.0', '0.1', '1.0', '1.1', '2.0', '2.1'],
  ]);
  const text = (await box.run('show', alone.searchId)).stdout;
  expect(text).toContain('Nested estimate of the whole search: macro F1 ');
  const report = String(await client.downloadArtifact(parent, 'report.html'));
  expect(report).toContain('Nested estimate of the whole search: macro F1 ');
  const table = String(await client.downloadArtifact(parent, 'cv_results.csv'));
  expect(table.split('\n')[0]).toContain('split2_test_score,mean_test_score');

  // No row of an outer fold is in the folds that choose for it, and the fold runs validated on the rows of the file.
  const rows = JSON.parse(String(await client.downloadArtifact(parent, 'folds.json')));
  for (const { inner, train, validation } of rows.folds.slice(OUTER)) {
    const around = rows.folds[inner.outer_fold];
    expect([...train, ...validation].sort((a, b) => a - b)).toEqual(around.train);
  }
  for (const run of runs.folds) {
    const { train, validation } = rows.folds[Number(run.tags[TAGS.fold])];
    const kept = JSON.parse(String(await client.downloadArtifact(run, 'evaluation/predictions.json')));
    expect(kept.rows).toEqual(validation);
    expect(run.metrics.train_rows).toBe(train.length);
  }

  // A copy elsewhere names the runs that are there.
  const copied = await box.run('export', alone.searchId, '--to', there.uri);
  expect(copied.code, copied.stderr).toBe(0);
  const [experiment] = (await there.client.searchExperiments()).filter(({ name }) => name === 'nested');
  const { children, all } = await runsOf(there.client, { ...alone, experimentId: experiment!.experimentId });
  const named = nestedResult.parse(
    JSON.parse(
      String(
        await there.client.downloadArtifact(
          all.find(({ tags }) => tags[TAGS.role] === ROLE.parent)!,
          'nested.json',
        ),
      ),
    ),
  );
  const ids = children.map(({ info }) => info.runId);
  for (const { childRunId } of named.picks) expect(ids).toContain(childRunId);

  // All processes and the queue are lost in the middle.
  const search = await box.submit(file);
  await foldsDone(client, search, 20);
  up.child.kill('SIGINT');
  await up.ended;
  rmSync(join(box.home, 'redis'), { recursive: true });
  const resumed = await box.run('resume', search.searchId, '--json');
  expect(resumed.code, resumed.stderr).toBe(0);
  const again = await box.up();
  expect(troubles(await runsOf(again.client, search), WHOLE)).toEqual([]);
  expect(await written(again.client, search)).toEqual(result);
});
