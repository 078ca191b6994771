/** How many cores this process may use, and how many training processes that makes. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { InputError } from './errors.js';

/**
 * Cores of the machine that the scheduler lets us use, or fewer where a container's quota says so: Node looks at the
 * former only (https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files).
 *
 * @param quota - Text of `cpu.max`: `max 100000`, or microseconds per period, as `150000 100000`.
 */
export function usableCores(quota = cpuMax(), cores = availableParallelism()): number {
  const [allowed, period] = (quota ?? '').trim().split(' ').map(Number);
  if (!allowed || !period) return cores;
  return Math.max(1, Math.min(cores, Math.floor(allowed / period)));
}

function cpuMax(): string | undefined {
  try {
    return readFileSync('/sys/fs/cgroup/cpu.max', 'utf8');
  } catch {
    return undefined; // no cgroup of version 2 here
  }
}

/**
 * Training processes asked for; `auto` is as many as the cores carry with so many TensorFlow threads each, and never
 * more. One thread each is the default: `bench/workers` measures it as the fastest use of cores.
 */
export function workerCount(value: string, option = '--workers', least = 0, threads = 1): number {
  if (value === 'auto') return Math.max(1, Math.floor(usableCores() / threads));
  const count = Number(value);
  if (value.trim() === '' || !Number.isInteger(count) || count < least || count > 1024) {
    throw new InputError(`${option} is ${value}; give a whole number from ${least} to 1024, or auto`);
  }
  return count;
}
