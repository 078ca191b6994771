/**
 * Random faults, by seed, thrown at searches under way: processes killed and frozen, a tracking server that fails, answers late or
 * after the fact, a private Redis killed. Every search must end as one that nobody disturbed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../learning/random/index.js';
import { createTrackingClient, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { Sandbox, Started } from './cli.js';
import { type Fault, faultyProxy, PASS, type Seen } from './faulty-proxy.js';
import { signal, startOrchestrator, trainersOf } from './fleet.js';
import { processesOf } from './processes.js';
import { ended, runsOf, type Submitted, troubles } from './runs.js';

/** Locks of two seconds: a process frozen for longer has lost its jobs. */
export const CHAOS_LOCK = 2000;

export interface ChaosOptions {
  readonly seed: number;
  /** Where everything is logged, undisturbed. */
  readonly trackingUri: string;
  /** Makes a command line with variables of its own in the environment. */
  readonly boxWith: (env: Record<string, string>) => Sandbox;
  /** The search space that is submitted again and again, and its size. */
  readonly file: string;
  readonly size: { children: number; folds: number };
  /** Whether to go on, asked before each search. */
  readonly more: (done: { searches: number; faults: number }) => boolean;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly searches: number;
  readonly faults: Readonly<Record<string, number>>;
  /** What was wrong with which search; empty when all went well. */
  readonly wrong: readonly string[];
}

/** What of a search must not depend on what happened to it. */
interface Outcome {
  readonly winner: string;
  /** By configuration. */
  readonly means: Readonly<Record<string, number>>;
}

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { say = () => undefined } = options;
  const random = randomStream(options.seed, 'chaos');
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform() * items.length)]!;
  const between = (low: number, high: number): number => low + random.uniform() * (high - low);
  const client = createTrackingClient({ uri: options.trackingUri });
  const proxy = await faultyProxy(options.trackingUri);
  const box = options.boxWith({
    MLFLOW_TRACKING_URI: proxy.uri,
    GRIDSEARCH_LOCK_DURATION: String(CHAOS_LOCK),
  });
  const orchestrators: Started[] = [await startOrchestrator(box), await startOrchestrator(box)];
  const workers: Started[] = [await box.worker(1), await box.worker(1)];
  const counted: Record<string, number> = {};
  const wrong: string[] = [];

  const replace = async (of: Started[], start: () => Promise<Started>): Promise<void> => {
    const at = Math.floor(random.uniform() * of.length);
    signal('SIGKILL', of[at]!.child.pid!);
    await of[at]!.ended;
    of[at] = await start();
  };
  const freeze = async (...pids: number[]): Promise<void> => {
    signal('SIGSTOP', ...pids);
    await sleep(between(0.5, 3) * CHAOS_LOCK);
    signal('SIGCONT', ...pids);
  };
  const disturb = async (fault: Fault, which: (seen: Seen) => boolean = () => true): Promise<void> => {
    const share = between(0.3, 1);
    proxy.fault = (seen) => (which(seen) && random.uniform() < share ? fault : PASS);
    await sleep(between(500, 4000));
    proxy.fault = () => PASS;
  };
  const write = ({ method }: Seen): boolean => method !== 'GET';
  /** The table of faults. */
  const faults: Readonly<Record<string, () => Promise<void>>> = {
    'kill worker': () => replace(workers, () => box.worker(1)),
    'kill orchestrator': () => replace(orchestrators, () => startOrchestrator(box)),
    'kill training process': async () => signal('SIGKILL', ...trainersOf(box.home).slice(0, 1)),
    'freeze worker': () => freeze(pick(workers).child.pid!),
    'freeze worker and its training process': async () => {
      const { pid } = pick(workers).child;
      await freeze(pid!, ...trainersOf(box.home, pid!));
    },
    'freeze training process': () => freeze(...trainersOf(box.home).slice(0, 1)),
    'freeze orchestrator': () => freeze(pick(orchestrators).child.pid!),
    'kill Redis': async () =>
      signal(
        'SIGKILL',
        ...processesOf(box.home)
          .filter(({ command }) => command.includes('redis-server'))
          .map(({ pid }) => pid),
      ),
    'tracking refuses': () => disturb({ kind: 'refuse', status: pick([500, 502, 503, 504, 429]) }),
    'tracking is cut off': () => disturb({ kind: 'drop', after: false }),
    'tracking is cut off after the fact': () => disturb({ kind: 'drop', after: true }, write),
    'gateway gives up after the fact': () => disturb({ kind: 'give up' }, write),
    'gateway gives up before the fact': () =>
      disturb({ kind: 'late', ms: between(200, 3000) }, ({ path }) => path.endsWith('/create')),
  };

  const total = (): number => Object.values(counted).reduce((sum, count) => sum + count, 0);
  // What the one before has finished would leave nothing to disturb.
  const submit = (): Promise<Submitted> => box.submit(options.file, '--fresh');
  try {
    const undisturbed = await outcomeOf(client, await finished(client, await submit()));
    let searches = 0;
    while (options.more({ searches, faults: total() })) {
      const search = await submit();
      let over = false;
      const ending = ended(client, search, 300_000).finally(() => {
        over = true;
      });
      ending.catch(() => undefined);
      while (!over) {
        await sleep(between(0, 1500));
        if (over) break;
        const name = pick(Object.keys(faults));
        counted[name] = (counted[name] ?? 0) + 1;
        say(`${search.searchId}: ${name}`);
        await faults[name]!();
      }
      const found = await verdict(client, search, ending, options.size, undisturbed);
      wrong.push(...found.map((what) => `${search.searchId}: ${what}`));
      searches++;
      say(`${search.searchId}: ${found.length === 0 ? 'as undisturbed' : found.join('; ')}`);
    }
    return { searches, faults: counted, wrong };
  } finally {
    await proxy.close();
  }
}

/** What is wrong with a search that has been disturbed. */
async function verdict(
  client: TrackingClient,
  search: Submitted,
  ending: Promise<string>,
  size: ChaosOptions['size'],
  undisturbed: Outcome,
): Promise<string[]> {
  const status = await ending.catch((error: Error) => error.message);
  if (status !== 'FINISHED') {
    const { tags } = await client.getRun(search.parentRunId);
    return [`ended as ${status}: ${tags[TAGS.failure] ?? ''}`];
  }
  // What was on its way lands, and whoever was frozen has had its say; the last fault may have struck the last sweep.
  let found: string[] = [];
  for (let waited = 0; waited < 20; waited++) {
    await sleep(500);
    const runs = await runsOf(client, search);
    found = troubles(runs, size);
    for (const { info } of runs.refits) {
      const versions = await client.searchModelVersions(`run_id = '${info.runId}'`);
      if (versions.length !== 1) found.push(`${versions.length} versions`);
    }
    for (const run of [...runs.folds, ...runs.children]) {
      const key = run.tags[TAGS.fold] === undefined ? 'mean_test_score' : 'loss';
      const steps = (await client.metricHistory(run.info.runId, key)).map(({ step }) => step);
      if (new Set(steps).size !== steps.length) found.push(`${run.info.runName} has points twice`);
    }
    if (found.length === 0) break;
  }
  const outcome = await outcomeOf(client, search);
  if (JSON.stringify(outcome) !== JSON.stringify(undisturbed)) {
    found.push(`came to ${JSON.stringify(outcome)}, undisturbed to ${JSON.stringify(undisturbed)}`);
  }
  return found;
}

async function finished(client: TrackingClient, search: Submitted): Promise<Submitted> {
  const status = await ended(client, search);
  if (status !== 'FINISHED') throw new Error(`the undisturbed search ended as ${status}`);
  return search;
}

async function outcomeOf(client: TrackingClient, search: Submitted): Promise<Outcome> {
  const { children } = await runsOf(client, search);
  const parent = await client.getRun(search.parentRunId);
  const winner = children.find(({ info }) => info.runId === parent.tags[TAGS.bestChild]);
  const means = children.map(
    ({ tags, metrics }) => [tags[TAGS.configuration]!, metrics.mean_test_score ?? Number.NaN] as const,
  );
  return {
    winner: winner?.tags[TAGS.configuration] ?? 'none',
    means: Object.fromEntries(means.sort(([a], [b]) => a.localeCompare(b))),
  };
}
