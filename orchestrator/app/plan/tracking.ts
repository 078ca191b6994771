/** Asks tracking for a plan where there may be something to find, and makes no data directory for it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { trackingUri } from '../addresses.js';
import { homePath } from '../home.js';
import { openTracking, type Tracking } from '../tracking.js';

/** @returns undefined where nobody can be asked: trouble there is told by what needs it */
export async function askTracking<T>(ask: (tracking: Tracking) => Promise<T>): Promise<T | undefined> {
  const home = homePath();
  if (!trackingUri(process.env) && !existsSync(join(home, 'tracking.db'))) return undefined;
  const tracking = await openTracking(home).catch(() => undefined);
  if (tracking === undefined) return undefined;
  try {
    return await ask(tracking);
  } finally {
    await tracking.close();
  }
}
