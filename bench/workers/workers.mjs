/**
 * How a machine's cores serve a search best: training processes × TensorFlow threads, the grid of
 * search-spaces/sentiment-grid.yaml with queue and tracking each time. The default of `--workers auto` rests on it.
 *
 * Every mix is measured in turn; ratios are to the fastest. `--concurrency P --threads T` is what a worker is started with,
 * beside `up`.
 *
 * And how well one orchestrator, queue and tracking server keep many workers busy: 64 processes, each of whose folds sleeps for a second.
 * Efficiency is the time that the folds would take with nothing around them, over that of the whole search, warm, from its submission
 * to its registered version.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createTrackingClient } from '../../dist/tracking/client/index.js';
import { CLI, embedded, ROOT, timed } from '../processes.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed, times } from '../table.mjs';

const SEARCH_SPACE = join(ROOT, 'search-spaces/sentiment-grid.yaml');

export default async function workers({ repeat, settle }) {
  const cores = availableParallelism();
  const mixes = [
    [1, 1],
    [1, cores],
    [cores, 1],
    [cores, cores],
    [2 * cores, 1],
  ].filter(([p, t], k, all) => all.findIndex(([q, u]) => p === q && t === u) === k);
  const home = await mkdtemp(join(tmpdir(), 'gridsearch-workers-'));
  const env = embedded(home);
  const measured = mixes.map(() => []);
  let worker;
  const up = await start(env, 'up', '--port', '0');
  try {
    const tracking = createTrackingClient({ uri: up.document.trackingUri });
    for (let turn = 0; turn < repeat; turn++) {
      for (const [k, [processes, threads]] of mixes.entries()) {
        worker = await start(env, 'worker', '--concurrency', `${processes}`, '--threads', `${threads}`);
        await search(env, tracking);
        await settle();
        measured[k].push((await search(env, tracking)) / 1000);
        await worker.stop();
        say(`${processes} × ${threads}: ${fixed(measured[k].at(-1), 2)} s`);
      }
    }
  } finally {
    await worker?.stop();
    await up.stop();
    await rm(home, { recursive: true, force: true });
  }
  return report(
    await sleeping(settle),
    mixes.map(([processes, threads], k) => ({ processes, threads, seconds: median(measured[k]) })),
  );
}

const SLEEPERS = 64;
const SLEEP = 1; // s, see noop/sleeper.mjs
const EFFICIENCY = 0.95;

async function sleeping(settle) {
  const program = join(ROOT, 'bench/noop/gridsearch.mjs');
  const amount = ['--configurations', '640', '--workers', `${SLEEPERS}`, '--sleeping'];
  await settle();
  const { document } = await timed(process.execPath, [program, ...amount]);
  const { seconds, count } = document;
  const efficiency = (count * SLEEP) / SLEEPERS / seconds;
  say(`${SLEEPERS} sleepers: ${fixed(efficiency, 3)}`);
  return { seconds, count, efficiency };
}

/** Starts a command that runs until told to stop; resolves with the document it prints first. */
async function start(env, ...args) {
  const child = spawn(process.execPath, [CLI, ...args, '--json'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(createInterface(child.stdout), 'line');
  const stop = async () => {
    if (child.exitCode !== null || !child.kill('SIGTERM')) return;
    await once(child, 'exit');
  };
  return { document: JSON.parse(line), stop };
}

/** Milliseconds from submission to registration, on warm processes. */
async function search(env, tracking) {
  const { document } = await timed(process.execPath, [CLI, 'submit', SEARCH_SPACE, '--fresh', '--json'], env);
  for (;;) {
    const { info } = await tracking.getRun(document.parentRunId);
    if (info.endTime) return info.endTime - info.startTime;
    await sleep(50);
  }
}

function report(sleepers, mixes) {
  const best = Math.min(...mixes.map(({ seconds }) => seconds));
  return {
    figures: { sleepers, mixes: mixes.map((mix) => ({ ...mix, ratio: mix.seconds / best })) },
    tables: [
      {
        title: '24 folds and the refit, warm, from submission to registration',
        head: ['processes × threads', 'seconds', 'ratio'],
        rows: mixes.map(({ processes, threads, seconds }) => [
          `${processes} × ${threads}`,
          fixed(seconds, 2),
          times(seconds / best),
        ]),
      },
      {
        title: `${SLEEPERS} processes whose folds sleep for ${SLEEP} s; the aim is ${EFFICIENCY}`,
        head: ['folds', 'seconds', 'efficiency'],
        rows: [[sleepers.count, fixed(sleepers.seconds, 2), fixed(sleepers.efficiency, 3)]],
      },
    ],
    missed:
      sleepers.efficiency < EFFICIENCY
        ? [
            `an efficiency of ${fixed(sleepers.efficiency, 3)} with ${SLEEPERS} sleepers, where ${EFFICIENCY} is the aim`,
          ]
        : [],
  };
}
