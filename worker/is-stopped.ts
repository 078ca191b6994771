/** Whether a process stands still, by a signal or a debugger; true, too, where the system does not tell. */
import { readFile } from 'node:fs/promises';

export async function isStopped(pid: number): Promise<boolean> {
  try {
    return /^State:\s+[Tt]/m.test(await readFile(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
