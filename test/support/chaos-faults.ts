/** The table of random faults: what is killed, frozen, cut off, paused, drained and changed under a search. */
import { setTimeout as sleep } from 'node:timers/promises';
import { connectRedis, readControl } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import type { Ended, Sandbox, Started } from './cli.js';
import { type Fault, type FaultyProxy, PASS, partsOf, type Seen } from './faulty-proxy.js';
import { signal, startOrchestrator, trainersOf } from './fleet.js';
import { processesOf } from './processes.js';
import { redisOf } from './redis.js';
import type { Submitted } from './runs.js';
import { until } from './until.js';

/** Locks of two seconds: a process frozen for longer has lost its jobs. */
export const CHAOS_LOCK = 2000;

/** A seeded source of chances. */
export interface Chance {
  /** In [0, 1). */
  uniform(): number;
  between(low: number, high: number): number;
  pick<T>(items: readonly T[]): T;
}

export interface Ground {
  readonly box: Sandbox;
  readonly proxy: FaultyProxy;
  /** Of the tracking server, past the proxy. */
  readonly client: TrackingClient;
  readonly chance: Chance;
  readonly orchestrators: Started[];
  readonly workers: Started[];
  /** Submits a further small search beside the one that is disturbed. */
  readonly beside: () => Promise<void>;
  /** Told of what a command must not have answered. */
  readonly wrong: (what: string) => void;
}

/** Something that happens while a search, the one given, is under way. */
export type Happening = (search: Submitted) => Promise<void>;

export function faultsOn(ground: Ground): Readonly<Record<string, Happening>> {
  const { box, proxy, client, chance, orchestrators, workers, wrong } = ground;
  const { between, pick, uniform } = chance;

  const kill = async (of: Started[], start: () => Promise<Started>): Promise<void> => {
    const at = Math.floor(uniform() * of.length);
    signal('SIGKILL', of[at]!.child.pid!);
    await of[at]!.ended;
    of[at] = await start();
  };
  const killWorker = (): Promise<void> => kill(workers, () => box.worker(1));
  const killOrchestrator = (): Promise<void> => kill(orchestrators, () => startOrchestrator(box));
  const freeze = async (...pids: number[]): Promise<void> => {
    signal('SIGSTOP', ...pids);
    await sleep(between(0.5, 3) * CHAOS_LOCK);
    signal('SIGCONT', ...pids);
  };
  const freezeOne = (of: readonly Started[]): Promise<void> => freeze(pick(of).child.pid!);
  const disturb = async (fault: Fault, which: (seen: Seen) => boolean = () => true): Promise<void> => {
    const share = between(0.3, 1);
    proxy.fault = (seen) => (which(seen) && uniform() < share ? fault : PASS);
    await sleep(between(500, 4000));
    proxy.fault = () => PASS;
  };
  const write = ({ method }: Seen): boolean => method !== 'GET';

  /** A search may end, or be at its end, before a command reaches it. */
  const expectDone = (what: string, { code, stderr }: Ended): void => {
    if (code !== 0 && !/has ended|registers its winner/.test(stderr))
      wrong(`${what} ended with ${code}: ${stderr}`);
  };
  const isPaused = async ({ searchId }: Submitted): Promise<boolean> => {
    const redis = connectRedis(redisOf(box));
    try {
      return (await readControl(redis, searchId)).pausedSince !== undefined;
    } finally {
      redis.disconnect();
    }
  };
  const hasEnded = async ({ parentRunId }: Submitted): Promise<boolean> =>
    !['RUNNING', 'SCHEDULED'].includes((await client.getRun(parentRunId)).info.status);
  const resume = async (search: Submitted): Promise<void> => {
    if (!(await isPaused(search))) return;
    // Where it sees no orchestrator it carries the search out itself, to its end.
    const resuming = box.start('resume', search.searchId, '--json');
    let end: Ended | undefined;
    resuming.ended.then((ended) => {
      end = ended;
    });
    await until(`${search.searchId} goes on`, async () => end !== undefined || !(await isPaused(search)));
    if (end !== undefined) expectDone('resume', end);
    // One that has ended meanwhile keeps the mark.
    if ((await isPaused(search)) && !(await hasEnded(search))) wrong('it is paused after it was resumed');
  };

  return {
    'kill worker': killWorker,
    'kill orchestrator': killOrchestrator,
    'kill training process': async () => signal('SIGKILL', ...trainersOf(box.home).slice(0, 1)),
    'freeze worker': () => freezeOne(workers),
    'freeze worker and its training process': async () => {
      const { pid } = pick(workers).child;
      await freeze(pid!, ...trainersOf(box.home, pid!));
    },
    'freeze training process': () => freeze(...trainersOf(box.home).slice(0, 1)),
    'freeze orchestrator': () => freezeOne(orchestrators),
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
      disturb({ kind: 'late', ms: between(200, 3000) }, (seen) =>
        partsOf(seen).some(({ path }) => path.endsWith('/create')),
      ),
    'pause and resume': async (search) => {
      const pausing = box.start('pause', search.searchId, '--json');
      if (uniform() < 0.3) {
        await sleep(between(100, 1500));
        signal('SIGKILL', pausing.child.pid!);
        await pausing.ended;
      } else expectDone('pause', await pausing.ended);
      await sleep(between(0, 2000));
      await resume(search);
    },
    'pause, and a fault before it resumes': async (search) => {
      expectDone('pause', await box.run('pause', search.searchId, '--json'));
      await sleep(between(0, 500));
      await pick([killWorker, killOrchestrator, () => freezeOne(workers), () => freezeOne(orchestrators)])();
      await resume(search);
    },
    'drain worker': async () => {
      const at = Math.floor(uniform() * workers.length);
      const { child, ended } = workers[at]!;
      expectDone('drain', await box.run('workers', 'drain', String(child.pid), '--json'));
      const [{ code }] = await Promise.all([ended, box.worker(1).then((fresh) => (workers[at] = fresh))]);
      if (code !== 0) wrong(`a drained worker ended with ${code}`);
    },
    priority: async ({ searchId }) => {
      const asked = String(pick([1, 2, 10, 100]));
      expectDone('priority', await box.run('priority', searchId, asked, '--json'));
    },
    'second search': () => ground.beside(),
  };
}
