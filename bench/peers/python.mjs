/** Processes of a benchmark: our own, and the peers' in their private Python environment. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const here = import.meta.dirname;

/** Installs the peers (at once when they are there) and returns the environment's `python`. */
export function peersPython(...requirements) {
  const files = requirements.map((name) => join(here, `requirements-${name}.txt`));
  const { status, stdout } = spawnSync('sh', [join(here, 'install.sh'), ...files], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error('the peers could not be installed; see above');
  return stdout.trim().split('\n').at(-1);
}

/** Path of a peer's script. */
export const peer = (name) => join(here, name);

/** Runs a program to its end: wall seconds, and the JSON document it printed (whole, or as its last line). */
export async function timed(command, args, env = {}) {
  const started = performance.now();
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, 'close');
  const wall = (performance.now() - started) / 1000;
  if (code !== 0) throw new Error(`${args[0]} ended with code ${code}:\n${errors.slice(-4000)}`);
  return { wall, document: parse(output.trim()) };
}

function parse(output) {
  try {
    return JSON.parse(output);
  } catch {
    return JSON.parse(output.split('\n').at(-1));
  }
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
