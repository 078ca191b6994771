/** Names of files, and of folders of parts, that are still being uploaded, and the removal of those that a killed server left. */
import { randomUUID } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';

const PREFIX = '.uploading-';

export const isTemporary = (name: string): boolean => name.startsWith(PREFIX);

/** Where the clock of this process started, on the clock that no one sets: tells it from an earlier one of its number. */
const startedMs = (): number => Math.round(Number(process.hrtime.bigint()) / 1e6 - process.uptime() * 1000);
const HOST = hostname()
  .replace(/[^\w-]/g, '_')
  .slice(0, 60);

/** Names the process that writes the file: who starts next must know whether it still does. */
export const temporaryName = (): string => `${PREFIX}${HOST}.${process.pid}.${startedMs()}.${randomUUID()}`;

/** Longer than any upload goes without a byte written: a silent client is cut off after a minute. */
const FORGOTTEN_MS = 60 * 60 * 1000;

/** Removes what no server writes any more; other servers of the same folder may be at work. */
export async function sweep(root: string): Promise<void> {
  for (const name of (await readdir(root)).filter(isTemporary)) {
    const path = join(root, name);
    const found = await stat(path).catch(() => undefined);
    if (found && (isOfDeadProcess(name) || Date.now() - found.mtimeMs > FORGOTTEN_MS)) {
      await rm(path, { recursive: true, force: true });
    }
  }
}

function isOfDeadProcess(name: string): boolean {
  const [host, pid = '', started = ''] = name.slice(PREFIX.length).split('.');
  if (host !== HOST) return false;
  // In a container every server is process 1.
  if (Number(pid) === process.pid) return Math.abs(Number(started) - startedMs()) > 1000;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
