/**
 * Random faults, by seed, thrown at searches under way: processes killed and frozen, a tracking server that fails, answers late or
 * after the fact, a private Redis killed; and what people do meanwhile: pause, resume, drain, change priorities, submit another.
 * Every search must end as one that nobody disturbed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { randomStream } from '../../learning/random/index.js';
import { createTrackingClient, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { CHAOS_LOCK, type Chance, faultsOn } from './chaos-faults.js';
import type { Sandbox, Started } from './cli.js';
import { faultyProxy } from './faulty-proxy.js';
import { startOrchestrator } from './fleet.js';
import { differences, doubles, type Outcome, outcomeOf } from './outcome.js';
import { ended, runsOf, type Submitted, troubles } from './runs.js';
import { forgetFolds, GRID, SCENARIOS, type Scenario, submitScenario } from './scenarios.js';

export interface ChaosOptions {
  readonly seed: number;
  /** Where everything is logged, undisturbed. */
  readonly trackingUri: string;
  /** Makes a command line with variables of its own in the environment. */
  readonly boxWith: (env: Record<string, string>) => Sandbox;
  /** Whether to go on, asked before each search. */
  readonly more: (done: { searches: number; faults: number }) => boolean;
  readonly say?: (line: string) => void;
}

export interface ChaosReport {
  readonly searches: number;
  readonly scenarios: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** What was wrong with which search; empty when all went well. */
  readonly wrong: readonly string[];
}

/** What is known of a scenario: how it ends undisturbed, and the search that it extends. */
interface Known {
  readonly base: Submitted | undefined;
  readonly undisturbed: Outcome;
}

/** A search under way. */
interface Running {
  readonly scenario: Scenario;
  readonly search: Submitted;
  /** The status of its parent run; or what went wrong. */
  readonly ending: Promise<string>;
  over: boolean;
}

export async function chaos(options: ChaosOptions): Promise<ChaosReport> {
  const { seed, say = () => undefined } = options;
  const chance = chanceOf(seed, 'chaos');
  const client = createTrackingClient({ uri: options.trackingUri });
  const proxy = await faultyProxy(options.trackingUri);
  const box = options.boxWith({
    MLFLOW_TRACKING_URI: proxy.uri,
    GRIDSEARCH_LOCK_DURATION: String(CHAOS_LOCK),
  });
  const orchestrators: Started[] = [await startOrchestrator(box), await startOrchestrator(box)];
  const workers: Started[] = [await box.worker(1), await box.worker(1)];
  const scenarios: Record<string, number> = {};
  const counted: Record<string, number> = {};
  const wrong: string[] = [];
  const known = new Map<Scenario, Known>();
  let running: Running[] = [];

  const begin = async (scenario: Scenario): Promise<void> => {
    const search = await submitScenario(box, scenario, known.get(scenario)?.base);
    scenarios[scenario.name] = (scenarios[scenario.name] ?? 0) + 1;
    const ending = ended(client, search, 300_000)
      .catch((error: Error) => error.message)
      .finally(() => {
        one.over = true;
      });
    const one: Running = { scenario, search, ending, over: false };
    running.push(one);
  };
  const tell = ({ searchId }: Submitted, what: string): void => {
    wrong.push(`${searchId}: ${what}`);
    say(wrong.at(-1)!);
  };
  const faults = faultsOn({
    box,
    proxy,
    client,
    chance,
    orchestrators,
    workers,
    beside: () => begin(GRID),
    wrong: (what) => tell(running[0]!.search, what),
  });

  const total = (): number => Object.values(counted).reduce((sum, count) => sum + count, 0);
  try {
    known.set(GRID, await knownOf(GRID, box, client));
    const draw = drawing(chanceOf(seed, 'scenarios'));
    let searches = 0;
    while (options.more({ searches, faults: total() })) {
      const scenario = draw();
      if (!known.has(scenario)) known.set(scenario, await knownOf(scenario, box, client));
      running = [];
      await begin(scenario);
      for (;;) {
        await sleep(chance.between(0, 1000));
        const disturbed = running.find(({ over }) => !over);
        if (disturbed === undefined) break;
        // One beside it is enough.
        const happens = (name: string): boolean => name !== 'second search' || running.length === 1;
        const name = chance.pick(Object.keys(faults).filter(happens));
        counted[name] = (counted[name] ?? 0) + 1;
        say(`${disturbed.search.searchId}: ${name}`);
        await faults[name]!(disturbed.search);
      }
      for (const one of running) {
        const found = await verdict(client, one, known.get(one.scenario)!.undisturbed);
        for (const what of found) tell(one.search, what);
        if (found.length === 0) say(`${one.search.searchId}: as undisturbed`);
        if (one.scenario.extends !== undefined) await forgetFolds(client, one.search);
        searches++;
      }
    }
    return { searches, scenarios, faults: counted, wrong };
  } finally {
    await proxy.close();
  }
}

function chanceOf(seed: number, purpose: string): Chance {
  const { uniform } = randomStream(seed, purpose);
  return {
    uniform,
    between: (low, high) => low + uniform() * (high - low),
    pick: (items) => items[Math.floor(uniform() * items.length)]!,
  };
}

/** Draws from the table without putting back until it is empty, so that some searches see all of it. */
function drawing(chance: Chance): () => Scenario {
  let left: Scenario[] = [];
  return () => {
    if (left.length === 0) left = [...SCENARIOS];
    return left.splice(Math.floor(chance.uniform() * left.length), 1)[0]!;
  };
}

/** Carries a scenario out with nobody who disturbs it. */
async function knownOf(scenario: Scenario, box: Sandbox, client: TrackingClient): Promise<Known> {
  const base =
    scenario.extends === undefined
      ? undefined
      : await finished(client, await box.submit(scenario.extends, '--fresh'));
  const search = await finished(client, await submitScenario(box, scenario, base));
  const undisturbed = await outcomeOf(client, search);
  if (base !== undefined) await forgetFolds(client, search);
  return { base, undisturbed };
}

async function finished(client: TrackingClient, search: Submitted): Promise<Submitted> {
  const status = await ended(client, search);
  if (status !== 'FINISHED') throw new Error(`the undisturbed search ended as ${status}`);
  return search;
}

/** What is wrong with a search that has been disturbed. */
async function verdict(
  client: TrackingClient,
  { search, ending }: Running,
  undisturbed: Outcome,
): Promise<string[]> {
  const status = await ending;
  if (status !== 'FINISHED') {
    const { tags } = await client.getRun(search.parentRunId);
    return [`ended as ${status}: ${tags[TAGS.failure] ?? ''}`];
  }
  const size = { children: undisturbed.trials.length, folds: undisturbed.folds.length };
  // What was on its way lands, and whoever was frozen has had its say; the last fault may have struck the last sweep.
  let found: string[] = [];
  for (let waited = 0; waited < 20; waited++) {
    await sleep(500);
    found = [...troubles(await runsOf(client, search), size), ...(await doubles(client, search))];
    if (found.length === 0) break;
  }
  return [...found, ...differences(await outcomeOf(client, search), undisturbed)];
}
