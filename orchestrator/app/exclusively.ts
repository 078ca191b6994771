/** One process at a time. */
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';

/**
 * Runs `action` while no other process of this data directory is inside one. The lock is an SQLite transaction: the
 * kernel drops it with the process, so a killed one leaves nothing stale behind.
 */
export async function exclusively<T>(home: string, action: () => Promise<T>): Promise<T> {
  const db = new DatabaseSync(join(home, 'lock.db'));
  try {
    db.exec('PRAGMA busy_timeout = 30000; BEGIN EXCLUSIVE');
    return await action();
  } finally {
    db.close();
  }
}
