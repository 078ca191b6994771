/** Processes of a benchmark: timed from start to end, or answering one request at a time. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export const ROOT = join(import.meta.dirname, '..');

/** What `npx gridsearch` runs. */
export const CLI = join(ROOT, 'dist/bundle/main.js');

/** For our own processes: everything embedded, whatever the environment names. */
export const embedded = (home) => ({ GRIDSEARCH_HOME: home, REDIS_URL: '', MLFLOW_TRACKING_URI: '' });

function start(command, args, env, stdin) {
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: [stdin, 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk) => {
    errors = (errors + chunk).slice(-4000);
  });
  return { child, why: (what) => new Error(`${[command, ...args].join(' ')} ${what}:\n${errors}`) };
}

/** Runs a program to its end: wall seconds, and the JSON document it printed (whole, or as its last line). */
export async function timed(command, args, env = {}) {
  const started = performance.now();
  const { child, why } = start(command, args, env, 'ignore');
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  const [code] = await once(child, 'close');
  const wall = (performance.now() - started) / 1000;
  if (code !== 0) throw why(`ended with code ${code}`);
  return { wall, document: parse(output.trim()) };
}

function parse(output) {
  try {
    return JSON.parse(output);
  } catch {
    return JSON.parse(output.split('\n').at(-1));
  }
}

/** Starts a program that says what it is in its first line and then answers each line with one, all of them JSON. */
export async function answering(command, args, env = {}) {
  const { child, why } = start(command, args, env, 'pipe');
  // A peer that died is reported by what it did not answer.
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw why('ended early');
    return JSON.parse(value);
  };
  return {
    about: await answer(),
    ask(request) {
      child.stdin.write(`${JSON.stringify(request)}\n`);
      return answer();
    },
    stop: () => child.stdin.end(),
  };
}
