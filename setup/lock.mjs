/**
 * One at a time, across processes. The lock is a file that its holder touches every second; a file untouched for ten
 * seconds belongs to a dead process and is taken over. Not a process id: two containers that share the folder don't
 * see each other's processes, and ids are used again.
 */
import { randomUUID } from 'node:crypto';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const HEARTBEAT_MS = 1000;
const STALE_MS = 10_000;
const POLL_MS = 200;

async function take(file, token) {
  try {
    await writeFile(file, token, { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock of a dead holder. Of several that try, the rename lets one win; it puts back what isn't stale. */
async function clearStale(file, token, staleMs) {
  const age = await stat(file).then(
    (found) => Date.now() - found.mtimeMs,
    () => 0,
  );
  if (age < staleMs) return;
  const aside = `${file}.${token}`;
  try {
    await rename(file, aside);
  } catch {
    return; // another process was quicker
  }
  const moved = await stat(aside);
  if (Date.now() - moved.mtimeMs < staleMs) {
    // Between our look and our rename another process had taken over: this is its fresh lock.
    await take(file, await readFile(aside, 'utf8'));
  }
  await rm(aside, { force: true });
}

export async function withLock(file, work, { onWait, staleMs = STALE_MS, signal } = {}) {
  const token = randomUUID();
  for (let waited = false; !(await take(file, token)); waited = true) {
    signal?.throwIfAborted();
    if (!waited) onWait?.();
    await clearStale(file, token, staleMs);
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(file, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    const holder = await readFile(file, 'utf8').catch(() => '');
    if (holder === token) await rm(file, { force: true });
  }
}
