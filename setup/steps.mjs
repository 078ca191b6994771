/** The steps of the set-up, in order, and what the user sees of them. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildStep } from './build.mjs';
import { engineStep } from './engine.mjs';
import { kernelStep } from './kernel.mjs';
import { withLock } from './lock.mjs';
import { IS_CHECKOUT, setupCommand, stateFolder } from './paths.mjs';
import { redisStep } from './redis.mjs';
import { killRunning } from './run.mjs';

/** A step's outcome: `ready` was there, `done` was made now, `fallback` works with less, `missing` only with --check. */
// The kernels after the build: what is compiled to dist/ has their source with it.
const STEPS = {
  redis: redisStep,
  engine: engineStep,
  ...(IS_CHECKOUT && { build: buildStep }),
  kernel: kernelStep,
};
const NAMES = Object.keys(STEPS);

const BUILD_HELP = IS_CHECKOUT ? '  build   compiles the TypeScript to dist/ when sources are newer\n' : '';

const HELP = `Usage: ${setupCommand('[options]')}

Makes this ${IS_CHECKOUT ? 'checkout' : 'machine'} ready to run. Does only what is missing; takes less
than a second when all is there.

  node    checks the version of Node
  redis   REDIS_URL if set, else redis-server or valkey-server on this machine,
          else the system's package manager
  engine  native TensorFlow: from the Python package index, else tfjs-node's own
          download, else the wasm engine
${BUILD_HELP}  kernel  the fast parts of training, compiled here where a C++ compiler is;
          else TensorFlow's own

Options:
  --check        report only, change nothing; exit code 1 when something is
                 missing
  --only LIST    these steps only, comma-separated: ${NAMES.join(', ')}
  --native       fail where the native engine can't be had, rather than fall
                 back to wasm
  --retry        try the native engine again although it failed here less than a
                 day ago
  --json         one JSON document on standard output (progress stays on
                 standard error)
  --help         this text

Environment:
  REDIS_URL                        use this Redis; nothing is installed
  GRIDSEARCH_ENGINE=wasm           skip the native engine
  GRIDSEARCH_NO_SYSTEM_INSTALL=1   never call the system's package manager
  XDG_CACHE_HOME                   where the engine is kept (default ~/.cache)

Exit codes: 0 ready, 1 failed or (with --check) something is missing, 2 this
machine lacks something you must provide.
`;

const OPTIONS = {
  check: { type: 'boolean', default: false },
  only: { type: 'string' },
  native: { type: 'boolean', default: false },
  retry: { type: 'boolean', default: false },
  json: { type: 'boolean', default: false },
  help: { type: 'boolean', short: 'h', default: false },
};

function readOptions(argv) {
  const { values } = parseArgs({ args: argv, options: OPTIONS });
  const names = values.only ? values.only.split(',').map((name) => name.trim()) : NAMES;
  const unknown = names.find((name) => !Object.hasOwn(STEPS, name));
  if (unknown !== undefined) {
    throw new Error(`--only: no step is called '${unknown}'; there are ${NAMES.join(', ')}`);
  }
  return { ...values, names };
}

/** Seconds since `start`, one decimal. */
const secondsSince = (start) => Math.round((performance.now() - start) / 100) / 10;

const line = (name, text, seconds) =>
  process.stderr.write(
    `setup  ${name.padEnd(6)}  ${text}${seconds === undefined ? '' : `  [${seconds.toFixed(1)} s]`}\n`,
  );

async function runStep(name, options) {
  const start = performance.now();
  const outcome = await STEPS[name]({
    env: process.env,
    check: options.check,
    retry: options.retry,
    say: (text) => line(name, text),
  });
  const seconds = secondsSince(start);
  line(name, outcome.detail, seconds);
  return { step: name, ...outcome, seconds };
}

async function runSteps(options) {
  const outcomes = [];
  // One after the other: engine and build both fill two cores, and a reader can follow the lines.
  for (const name of options.names) outcomes.push(await runStep(name, options));
  return outcomes;
}

/**
 * Runs steps, one set-up at a time; Ctrl-C ends the programs that they started.
 * @param {object} options
 * @param {string[]} options.names which steps, in order
 * @param {boolean} [options.check] report only
 * @param {boolean} [options.retry] try again what failed less than a day ago
 */
export async function setUp(options) {
  const folder = stateFolder();
  const stops = { SIGINT: () => stop(130), SIGTERM: () => stop(143) };
  for (const [signal, handler] of Object.entries(stops)) process.once(signal, handler);
  try {
    // Without a place for the lock nothing can be written, so two at a time do no harm.
    if (options.check || !folder) return await runSteps(options);
    await mkdir(folder, { recursive: true });
    return await withLock(join(folder, 'setup.lock'), () => runSteps(options), {
      onWait: () => line('wait', 'another set-up is under way; going on when it is done'),
    });
  } finally {
    for (const [signal, handler] of Object.entries(stops)) process.off(signal, handler);
  }
}

function stop(code) {
  killRunning();
  process.exit(code);
}

export async function main(argv) {
  let options;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`setup: ${error.message}\nTry: ${setupCommand('--help')}\n`);
    process.exitCode = 2;
    return;
  }
  if (options.help) {
    process.stdout.write(HELP);
    return;
  }

  const start = performance.now();
  const node = { step: 'node', state: 'ready', detail: `Node ${process.version}`, seconds: 0 };
  const result = { ok: true, seconds: 0, steps: [node] };
  line('node', node.detail);
  try {
    result.steps.push(...(await setUp(options)));
    result.ok = result.steps.every(
      ({ state }) => state !== 'missing' && !(options.native && state === 'fallback'),
    );
    if (!result.ok) process.exitCode = 1;
  } catch (error) {
    result.ok = false;
    result.error = error.message;
    process.exitCode = error.exitCode ?? 1;
    process.stderr.write(`setup: ${error.exitCode ? error.message : error.stack}\n`);
  }
  result.seconds = secondsSince(start);
  if (result.ok) line('ready', `in ${result.seconds.toFixed(1)} s`);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
}
