/** Whether a process stands still, by a signal or a debugger; true, too, where the system does not tell. */
import { readFileSync } from 'node:fs';

/** At once: what follows from the answer must not come after the job it was asked for. */
export function isStopped(pid: number): boolean {
  try {
    return /^State:\s+[Tt]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return true;
  }
}
