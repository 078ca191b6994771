/**
 * Orchestrators that stand still past their lock between what they decided and what follows from it: a proposal, a rung of a pruned
 * generation, a fold that is taken over; and what they hand out in a pause. The search ends as one that nobody disturbed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { ROLE, TAGS, tagIs } from '../../tracking/client/index.js';
import { type Sandbox, type Started, sandbox } from '../support/cli.js';
import { type FaultyProxy, faultyProxy, PASS, partsOf, type Seen } from '../support/faulty-proxy.js';
import { signal, startOrchestrator } from '../support/fleet.js';
import { differences, doubles, type Outcome, outcomeOf } from '../support/outcome.js';
import { ended, runsOf, type Submitted, troubles } from '../support/runs.js';
import { forgetFolds } from '../support/scenarios.js';
import { test } from '../support/test.js';
import { embeddedServer, type TrackingFixture } from '../support/tracking.js';
import { until } from '../support/until.js';

/** Locks of two seconds, so that a process need not be frozen for long. */
const LOCK = 2000;
const FROZEN = 3 * LOCK;

const [HALF, RACED, TPE] = ['raced-half', 'raced', 'tpe'].map((name) =>
  fileURLToPath(new URL(`../fixtures/chaos/${name}.yaml`, import.meta.url)),
) as [string, string, string];

/** A step, told by a request that only it makes, and which one of those. */
interface Step {
  readonly nth: number;
  /** @defaultValue the one that is pruned, and takes folds over */
  readonly file?: string;
  readonly is: (seen: Seen, tracking: TrackingFixture) => boolean | Promise<boolean>;
}

/** Asked for each rung that takes folds over, once it is decided and before anything of it is handed out. */
const looksForCopies = ({ path, body }: Seen): boolean =>
  path.endsWith('runs/search') && body.includes(`${TAGS.reusedIn}\` = `) && body.includes(".w0'");

const ofCopy = async ({ body }: Seen, { client }: TrackingFixture): Promise<boolean> => {
  const { run_id: runId } = JSON.parse(String(body)) as { run_id: string };
  return (await client.getRun(runId)).tags[TAGS.reusedFrom] !== undefined;
};

const STEPS: Readonly<Record<string, Step>> = {
  'creates child runs': {
    nth: 1,
    is: ({ path, body }) => path.endsWith('runs/create') && body.includes('"trial"'),
  },
  'reads what it proposes a generation from': {
    nth: 1,
    file: TPE,
    is: ({ path, body }) => path.endsWith('runs/search') && body.includes(tagIs(TAGS.role, ROLE.trial)),
  },
  'creates the runs of a generation that it proposed': {
    nth: 2,
    file: TPE,
    // The seventh configuration is the first of the third generation.
    is: ({ path, body }) =>
      path.endsWith('runs/create') &&
      /^[a-z]+-[678]$/.test((JSON.parse(String(body)) as { run_name: string }).run_name),
  },
  'has decided on the second rung': { nth: 2, is: looksForCopies },
  'has created the copy of a fold': {
    nth: 1,
    is: ({ path, body }) => path.endsWith('runs/create') && body.includes(TAGS.reusedFrom),
  },
  'has filled the copy of a fold': {
    nth: 1,
    is: async (seen, tracking) => seen.path.endsWith('log-batch') && ofCopy(seen, tracking),
  },
  'closes the copy of a fold': {
    nth: 1,
    is: async (seen, tracking) =>
      seen.path.endsWith('runs/update') && seen.body.includes('FINISHED') && ofCopy(seen, tracking),
  },
};

describe('an orchestrator', { timeout: 180_000 }, () => {
  let tracking: TrackingFixture;
  let proxy: FaultyProxy;
  let box: Sandbox;
  let running: Started;
  const outcomes = new Map<string, Outcome>();
  beforeAll(async () => {
    tracking = await embeddedServer();
    const { client } = tracking;
    proxy = await faultyProxy(tracking.uri);
    box = sandbox({ MLFLOW_TRACKING_URI: proxy.uri, GRIDSEARCH_LOCK_DURATION: String(LOCK) });
    running = await startOrchestrator(box);
    await box.worker(2);
    expect(await ended(client, await box.submit(HALF))).toBe('FINISHED');
    for (const file of [RACED, TPE]) {
      const search = await box.submit(file);
      expect(await ended(client, search)).toBe('FINISHED');
      outcomes.set(file, await outcomeOf(client, search));
      await forgetFolds(client, search);
    }
    // Some are taken over, some are trained, some are spared.
    const { folds } = outcomes.get(RACED)!;
    const taken = folds.filter(({ reusedFrom }) => reusedFrom !== undefined);
    expect(taken.length).toBeGreaterThan(5);
    expect(folds.length).toBeGreaterThan(taken.length);
    expect(folds.length).toBeLessThan(24);
  }, 180_000);
  afterAll(async () => {
    await box.dispose();
    await proxy.close();
    await tracking.close();
  });

  /** Freezes whoever carries out the step. */
  function struckAt({ nth, is }: Step): Promise<void> {
    const victim = running;
    let seenSo = 0;
    return new Promise((resolve) => {
      proxy.fault = async (seen) => {
        for (const part of partsOf(seen)) {
          if (seenSo >= nth || !(await is(part, tracking)) || ++seenSo < nth) continue;
          signal('SIGSTOP', victim.child.pid!);
          resolve();
        }
        return PASS;
      };
    });
  }

  const trained = async (search: Submitted) =>
    (await runsOf(tracking.client, search)).folds.filter(({ tags }) => tags[TAGS.reusedFrom] === undefined);

  /** What waits of it is put aside: nothing is begun until it is resumed. */
  async function pausedAround(search: Submitted, around: () => Promise<void>): Promise<void> {
    await box.json('pause', search.searchId);
    await until('what was at hand has ended', async () =>
      (await trained(search)).every(({ info }) => info.status === 'FINISHED'),
    );
    const before = (await trained(search)).length;
    await around();
    expect(await trained(search)).toHaveLength(before);
    expect(await box.run('resume', search.searchId, '--json')).toMatchObject({ code: 0 });
  }

  test.for([
    ...Object.keys(STEPS).map((step) => [step, 'goes on'] as const),
    ['creates child runs', 'is paused'] as const,
    ['has decided on the second rung', 'is paused'] as const,
  ])('that is frozen as it %s, in a search that %s, changes nothing', async ([step, how]) => {
    const { client } = tracking;
    const victim = running;
    const { file = RACED } = STEPS[step]!;
    const undisturbed = outcomes.get(file)!;
    const reached = struckAt(STEPS[step]!);
    const search = await box.submit(file);
    await reached;
    const takenOver = async (): Promise<void> => {
      running = await startOrchestrator(box);
      await sleep(FROZEN);
      signal('SIGCONT', victim.child.pid!);
      // It has its say.
      await sleep(1500);
    };
    await (how === 'is paused' ? pausedAround(search, takenOver) : takenOver());
    expect(await ended(client, search)).toBe('FINISHED');
    const size = { children: undisturbed.trials.length, folds: undisturbed.folds.length };
    await expect
      .poll(
        async () => [...troubles(await runsOf(client, search), size), ...(await doubles(client, search))],
        { timeout: 15_000, interval: 500 },
      )
      .toEqual([]);
    expect(differences(await outcomeOf(client, search), undisturbed)).toEqual([]);
    await forgetFolds(client, search);
    victim.child.kill();
    await victim.ended;
  });
});
