/** What a strategy that reads results is told, however the search is carried out. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { cancelSearch } from '../../orchestrator/search/index.js';
import {
  configurationHash,
  type Observation,
  type Strategy,
} from '../../orchestrator/search/strategies/index.js';
import { searchPayload } from '../../queue/index.js';
import { type Run, TAGS } from '../../tracking/client/index.js';
import type { Installation } from '../support/installation.js';
import { ended, foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { processor, SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** Places of a generation. */
const SIZE = 2;

interface Told {
  readonly number: number;
  readonly from: number;
  readonly history: readonly Observation[];
}

/** Proposes what follows from every single score that it is told, and notes what that is. */
function listening(told: Told[]): Strategy {
  return {
    adaptive: true,
    total: () => 8,
    left: () => ({ count: 8, all: 8, missing: 0 }),
    generationSize: () => SIZE,
    propose: (space, history, { number, from, to }) => {
      told.push({ number, from, history: structuredClone(history) });
      const { model, axes } = space.models[0]!;
      const fixed = Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values[0]!]));
      const spread = history
        .flatMap(({ scores }) => scores)
        .reduce((sum, score, i) => sum + score * (i + 1), 1);
      return Array.from({ length: to - from }, (_, i) => {
        const parameters = { ...fixed, learning_rate: 0.001 + (from + i) * 1e-5 + spread * 1e-7 };
        return { index: from + i, hash: configurationHash(model, parameters), model, parameters };
      });
    },
  };
}

/** The search's configurations in the order of proposal, with what `_scored.mjs` makes of them. */
async function tried({ client }: Installation, search: Submitted): Promise<Observation[]> {
  const { children } = await runsOf(client, search);
  return children
    .map(({ tags }) => {
      const hash = tags[TAGS.configuration]!;
      return {
        configuration: {
          index: Number(tags[TAGS.index]),
          hash,
          model: tags[TAGS.estimatorName]!,
          parameters: JSON.parse(tags[TAGS.parameters]!),
        },
        outcome: 'complete' as const,
        scores: [0, 1, 2].map((fold) => Number.parseInt(hash, 16) / 16 ** 12 + fold),
      };
    })
    .sort((a, b) => a.configuration.index - b.configuration.index);
}

/** The search once it has ended: what was tried, and its generations as the strategy was told of them. */
async function outcome(installation: Installation, search: Submitted, told: readonly Told[]) {
  expect(await installation.result(search)).toMatchObject({ status: 'FINISHED', trials: { complete: 8 } });
  // Whoever goes on may ask again for what was proposed before.
  const asked = new Map(told.map((generation) => [generation.number, generation]));
  for (const generation of told) expect(generation).toEqual(asked.get(generation.number));
  return { trials: await tried(installation, search), generations: [...asked.values()] };
}

describe('an adaptive strategy', { timeout: 120_000 }, () => {
  test('is told whole generations, sorted by configuration, each with its scores in the order of folds', async ({
    installation,
  }) => {
    const told: Told[] = [];
    await installation.orchestrator({ strategies: { grid: listening(told) } });
    await installation.worker({ processor: processor('scored') });
    const search = await installation.submit(SMALL_GRID);
    const { trials, generations } = await outcome(installation, search, told);
    expect(trials.map(({ configuration }) => configuration.index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(generations.map(({ number, from }) => [number, from])).toEqual([
      [0, 0],
      [1, 2],
      [2, 4],
      [3, 6],
    ]);
    for (const { from, history } of generations) {
      expect(history).toEqual(trials.slice(0, history.length));
      // All but the one before, which is still being carried out.
      expect(history).toHaveLength(Math.max(0, from - SIZE));
    }
    expect(generations.at(-1)!.history.length).toBeGreaterThan(0);
  });

  test('is told the same by one worker as by two, and when the orchestrator changes in mid-generation', async ({
    installation,
  }) => {
    const orchestrator = (told: Told[]) =>
      installation.orchestrator({ strategies: { grid: listening(told) } });
    const worker = () => installation.worker({ processor: processor('scored'), concurrency: 1 });

    const byOne: Told[] = [];
    const first = await orchestrator(byOne);
    await worker();
    const one = await outcome(installation, await installation.submit(SMALL_GRID), byOne);
    await first.close();

    const byTwo: Told[] = [];
    const second = await orchestrator(byTwo);
    await worker();
    const two = await outcome(installation, await installation.submit(SMALL_GRID), byTwo);
    await second.close();

    const interrupted: Told[] = [];
    const letGo = installation.hold();
    const third = await orchestrator(interrupted);
    const search = await installation.submit(SMALL_GRID);
    await until('the second generation is under way', async () => {
      const job = await installation.services.searches.getJob(search.searchId);
      return searchPayload.parse(job?.data).progress.window?.number === 1 && (await job?.isWaitingChildren());
    });
    await third.close();
    const askedBefore = interrupted.length;
    await orchestrator(interrupted);
    letGo();
    const resumed = await outcome(installation, search, interrupted);
    expect(interrupted.length).toBeGreaterThan(askedBefore);

    expect(two).toEqual(one);
    expect(resumed).toEqual(one);
  });
});

test('a search in generations that is cancelled leaves nothing in Redis, not of the generation ahead either', async ({
  installation,
}) => {
  const { client, services } = installation;
  await installation.orchestrator({ strategies: { grid: listening([]) } });
  const search = await installation.submit(SMALL_GRID);
  const keys = () => services.redis.keys(`*${search.searchId}.*`);
  // Of two generations, as nobody works on the first.
  const folds = 2 * SIZE * 3;
  await until('two generations are under way', async () => {
    const waiting = (await keys()).filter((key) => /\.f\d$/.test(key)).length;
    return waiting === folds && (await services.searches.getJobState(search.searchId)) === 'waiting-children';
  });
  expect(await cancelSearch(search, { redis: services.redis, tracking: client })).toBe(true);
  expect(await keys()).toEqual([]);
});

const TPE = `name: tpe
dataset: { source: uci-sentiment, limit: 120, test_size: 0.25 }
cross_validation: { n_splits: 2 }
strategy: { kind: tpe, max_trials: 17, generation: 3, seed: 3 }
where: "tfidf.C * tfidf.ngram_max <= 100"
models:
  tfidf: { C: { min: 0.1, max: 100, scale: log }, ngram_max: [1, 2], sublinear_tf: [false, true] }
  simple: { learning_rate: { min: 0.001, max: 0.1, scale: log }, dropout: { min: 0, max: 0.6 }, epochs: 2 }
baseline: off
`;

/** What was tried, in the order of proposal, with its scores. */
const triedBy = async (client: Installation['client'], search: Submitted) =>
  (await runsOf(client, search)).children
    .map(({ tags, params, metrics: { split0_test_score, split1_test_score, mean_test_score } }) => ({
      index: Number(tags[TAGS.index]),
      hash: tags[TAGS.configuration],
      params,
      scores: [split0_test_score, split1_test_score, mean_test_score],
    }))
    .sort((a, b) => a.index - b.index);

test('tpe proposes the same to one worker as to two, when orchestrator and worker are killed in between', {
  timeout: 180_000,
}, async ({ boxWith, folder }) => {
  const box = boxWith({ GRIDSEARCH_LOCK_DURATION: '2000' });
  const file = join(folder, 'tpe.yaml');
  await writeFile(file, TPE);
  const alone = await box.json<Submitted>('run', file, '--workers', '1');

  const victim = await box.up();
  const workers = [await box.worker(1), await box.worker(1)];
  const search = await box.submit(file, '--fresh');
  await foldsDone(victim.client, search, 14);
  for (const { child } of [victim, workers[0]!]) child.kill('SIGKILL');
  await Promise.all([victim.ended, workers[0]!.ended]);
  const { client } = await box.up();
  expect(await ended(client, search)).toBe('FINISHED');

  expect(troubles(await runsOf(client, search), { children: 17, folds: 34 })).toEqual([]);
  expect(await triedBy(client, search)).toEqual(await triedBy(client, alone));
  const [one, other] = await Promise.all(
    [alone, search].map(({ parentRunId }) => client.getRun(parentRunId)),
  );
  const winner = async (parent: Run) => (await client.getRun(parent.tags[TAGS.bestChild]!)).tags[TAGS.index];
  expect(await winner(other!)).toBe(await winner(one!));
  expect(other!.params).toMatchObject({
    strategy: 'tpe',
    max_trials: '17',
    generation: '3',
    where: '(tfidf.C * tfidf.ngram_max <= 100)',
  });
});

const DRAWN = `name: drawn
dataset: { source: uci-sentiment, limit: 120, test_size: 0.25 }
strategy: { kind: sobol, max_trials: 6, seed: 3 }
models:
  tfidf: { C: { min: 0.1, max: 100, scale: log }, sublinear_tf: [false, true] }
  simple: { learning_rate: { min: 0.001, max: 0.1, scale: log }, dropout: { min: 0, max: 0.6 }, epochs: 2 }
baseline: off
`;

test('what is drawn from ranges is the same with one worker as with two', { timeout: 120_000 }, async ({
  box,
  folder,
}) => {
  interface Ran extends Submitted {
    best: { configuration: object; mean: number };
    trials: object;
  }
  const file = join(folder, 'drawn.yaml');
  await writeFile(file, DRAWN);
  const two = await box.json<Ran>('run', file, '--workers', '2');
  const one = await box.json<Ran>('run', file, '--workers', '1', '--fresh');
  expect(two.trials).toMatchObject({ total: 6, finished: 6, failed: 0 });
  expect(one.best.configuration).toEqual(two.best.configuration);
  expect(one.best.mean).toBe(two.best.mean);
  const { client } = await box.up();
  const drawn = async (search: Submitted) =>
    (await runsOf(client, search)).children
      .map(({ tags, params, metrics }) => [tags[TAGS.index], params, metrics.mean_test_score])
      .sort();
  expect(await drawn(one)).toEqual(await drawn(two));
  const parent = await client.getRun(two.parentRunId);
  expect(parent.params).toMatchObject({ strategy: 'sobol', max_trials: '6', strategy_seed: '3' });
  expect(JSON.parse(parent.params.param_grid!)).toMatchObject({ tfidf: { C: { min: 0.1, max: 100 } } });
});
