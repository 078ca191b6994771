/**
 * A stop at a random moment, with a kill or a freeze right before it, in it or after it. What was complete by then hangs on the
 * moment, so no two end equally; but each must end with the best of what it has, and tell so truly. By `SOAK_SEED`, or the day.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { randomStream } from '../../learning/random/index.js';
import { connectRedis, FIELDS, searchKey } from '../../queue/index.js';
import { TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { type Sandbox, type Started, sandbox } from '../support/cli.js';
import { signal, startOrchestrator } from '../support/fleet.js';
import { doubles } from '../support/outcome.js';
import { redisOf } from '../support/redis.js';
import { ended, runsOf, type Submitted } from '../support/runs.js';
import { test } from '../support/test.js';
import { embeddedServer, type TrackingFixture } from '../support/tracking.js';
import { until } from '../support/until.js';

const SEED = Number(process.env.SOAK_SEED || Math.floor(Date.now() / 86_400_000));
/** How many of the twelve cases a run takes. */
const CASES = 6;
/** Locks of two seconds, so that a process need not be frozen for long. */
const LOCK = 2000;
const FROZEN = 3 * LOCK;
/** What both files hold. */
const TOTAL = 60;

const FILES = ['long', 'long-pruned'].map((name) =>
  fileURLToPath(new URL(`../fixtures/chaos/${name}.yaml`, import.meta.url)),
);

interface Case {
  readonly when: 'before' | 'in' | 'after';
  readonly how: 'SIGKILL' | 'SIGSTOP';
  readonly who: 'the orchestrator' | 'the orchestrator and a worker';
  readonly file: string;
  /** Since the search began to train, ms. */
  readonly moment: number;
  /** From the moment named to the fault, ms. */
  readonly delay: number;
}

/** All cases in a seeded order, so that a few seeds see every one. */
function casesOf(seed: number): Case[] {
  const { uniform } = randomStream(seed, 'stop');
  const all = (['before', 'in', 'after'] as const).flatMap((when) =>
    (['SIGKILL', 'SIGSTOP'] as const).flatMap((how) =>
      (['the orchestrator', 'the orchestrator and a worker'] as const).map((who) => ({ when, how, who })),
    ),
  );
  return all
    .map((one) => ({
      one: {
        ...one,
        file: FILES[Math.floor(uniform() * FILES.length)]!,
        // One in some begins with nothing complete.
        moment: uniform() < 0.2 ? 0 : uniform() * 6000,
        delay: uniform() * (one.when === 'after' ? 1500 : 300),
      },
      place: uniform(),
    }))
    .sort((a, b) => a.place - b.place)
    .map(({ one }) => one);
}

/** Names what is not true of a search that was stopped. */
async function troublesOf(client: TrackingClient, search: Submitted): Promise<string[]> {
  const { all, children, refits } = await runsOf(client, search);
  const { info, tags } = await client.getRun(search.parentRunId);
  const ofKind = (kind: string) => children.filter((run) => run.tags[TAGS.outcome] === kind);
  const complete = ofKind('complete');
  const found: string[] = await doubles(client, search);
  for (const run of all)
    if (!['FINISHED', 'FAILED', 'KILLED'].includes(run.info.status))
      found.push(`${run.info.runName} is ${run.info.status}`);
  const jobs = all.map((run) => run.tags[TAGS.jobId]);
  if (new Set(jobs).size !== jobs.length) found.push('a job has two runs');
  const seen = complete.length + ofKind('pruned').length + ofKind('failed').length;
  const cut = `stopped by a person after ${seen} of ${TOTAL} configurations`;
  if (tags[TAGS.cut] !== cut) found.push(`says "${tags[TAGS.cut]}", not "${cut}"`);
  if (info.status === 'FAILED') {
    if (tags[TAGS.failure] !== `${cut}, none of them complete`) found.push(`failed: ${tags[TAGS.failure]}`);
    if (complete.length > 0) found.push(`failed with ${complete.length} complete configurations`);
    return found;
  }
  if (info.status !== 'FINISHED') found.push(`ended as ${info.status}`);
  if (refits.length !== 1 || refits[0]!.info.status !== 'FINISHED') found.push(`${refits.length} refits`);
  const means = complete.map(({ metrics }) => metrics.mean_test_score!);
  const winner = complete.find((run) => run.info.runId === tags[TAGS.bestChild]);
  if (winner?.metrics.mean_test_score !== Math.max(...means))
    found.push(`the winner has ${winner?.metrics.mean_test_score}, the best is ${Math.max(...means)}`);
  return found;
}

describe('a stop', { timeout: 240_000 }, () => {
  let tracking: TrackingFixture;
  let box: Sandbox;
  let running: Started;
  const workers: Started[] = [];
  beforeAll(async () => {
    tracking = await embeddedServer();
    box = sandbox({ MLFLOW_TRACKING_URI: tracking.uri, GRIDSEARCH_LOCK_DURATION: String(LOCK) });
    running = await startOrchestrator(box);
    workers.push(await box.worker(1), await box.worker(1));
  });
  afterAll(async () => {
    await box.dispose();
    await tracking.close();
  });

  /** Strikes, and has others go on; returns once the struck are awake again, or replaced. */
  async function strike({ how, who }: Case): Promise<void> {
    const victims = [running, ...(who === 'the orchestrator' ? [] : [workers.shift()!])];
    signal(how, ...victims.map(({ child }) => child.pid!));
    running = await startOrchestrator(box);
    if (victims.length > 1) workers.push(await box.worker(1));
    if (how === 'SIGSTOP') {
      await sleep(FROZEN);
      signal('SIGCONT', ...victims.map(({ child }) => child.pid!));
      // They have their say, and are not needed further.
      await sleep(1500);
      for (const { child } of victims) child.kill();
    }
    await Promise.all(victims.map((victim) => victim.ended));
  }

  test.for(
    casesOf(SEED)
      .slice(0, CASES)
      .map((one) => [one.how, one.who, one.when, one] as const),
  )(`with a %s of %s %s it (seed ${SEED}) ends with the best of what is complete`, async ([, , , one]) => {
    const { client } = tracking;
    const search = await box.submit(one.file, '--fresh');
    const redis = connectRedis(redisOf(box));
    try {
      await until('it trains', async () => (await runsOf(client, search)).folds.length > 0);
      await sleep(one.moment);
      const stop = (): Promise<unknown> => box.json('stop', search.searchId);
      if (one.when === 'before') {
        const striking = strike(one);
        await sleep(one.delay);
        await Promise.all([stop(), striking]);
      } else if (one.when === 'in') {
        const stopping = stop();
        await until(
          'the wish is in Redis',
          async () => (await redis.hexists(searchKey(search.searchId), FIELDS.stop)) === 1,
        );
        await sleep(one.delay);
        await Promise.all([stopping, strike(one)]);
      } else {
        await stop();
        await sleep(one.delay);
        await strike(one);
      }
      await ended(client, search);
      await expect.poll(() => troublesOf(client, search), { timeout: 20_000, interval: 500 }).toEqual([]);
      await until('no job of it is left', async () =>
        (await redis.keys(`*${search.searchId}.*`)).every((key) => /\.look\d+/.test(key)),
      );
    } finally {
      redis.disconnect();
    }
  });
});
