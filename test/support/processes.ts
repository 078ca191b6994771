/** Processes of a data directory: what a test has started must have ended with it. */
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly command: string;
}

/** How long a process may take to notice that the one it served is gone, in ms. */
const PATIENCE = 5000;

/**
 * Every process that was started with this data directory, or that has it in its command: commands, their training processes
 * and the private Redis, wherever they hang in the tree by now. Elsewhere than on Linux none is seen.
 */
export function processesOf(home: string): Process[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid)
    .flatMap((pid) => {
      const command = read(pid, 'cmdline').replaceAll('\0', ' ').trim();
      const belongs = read(pid, 'environ').includes(`GRIDSEARCH_HOME=${home}\0`) || command.includes(home);
      const ppid = Number(/^PPid:\s*(\d+)$/m.exec(read(pid, 'status'))?.[1] ?? 0);
      return belongs ? [{ pid, ppid, command }] : [];
    });
}

/** Empty for a process that has ended meanwhile or is somebody else's. */
function read(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}

/** @throws Error that names the processes that are left; they are killed first, so that they trouble no other test */
export async function expectNoneLeft(home: string, patienceMs = PATIENCE): Promise<void> {
  const deadline = Date.now() + patienceMs;
  let left = processesOf(home);
  while (left.length > 0 && Date.now() < deadline) {
    await sleep(20);
    left = processesOf(home);
  }
  if (left.length === 0) return;
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  throw new Error(`left running: ${left.map(({ pid, command }) => `${pid} ${command}`).join('; ')}`);
}
