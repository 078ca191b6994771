/** How many cores this process may use. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

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
