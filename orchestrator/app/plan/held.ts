/** What earlier searches hold of one that is planned. Looks at tracking where there is any, and makes none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Submission } from '../../search/index.js';
import { trackingUri } from '../addresses.js';
import { homePath } from '../home.js';
import { earlierOf } from '../submit.js';
import { openTracking } from '../tracking.js';

/** @returns null where nobody can be asked */
export async function heldOf(submission: Submission): Promise<number | null> {
  const home = homePath();
  if (trackingUri(process.env) === undefined && !existsSync(join(home, 'tracking.db'))) return null;
  try {
    const tracking = await openTracking(home);
    try {
      return (await earlierOf(submission, { tracking })).held;
    } finally {
      await tracking.close();
    }
  } catch {
    // A plan is worth having without it.
    return null;
  }
}
