/** `cancel SEARCH`: gives a search up for good, unlike Ctrl-C, after which it can be resumed. */

import { TAGS } from '../../tracking/client/index.js';
import { openServices } from '../app/services.js';
import { cancelSearch, hasEnded } from '../search/index.js';
import { EXIT, InputError } from './errors.js';
import { findSearch } from './report.js';

export async function cancel(search: string, { json }: { json: boolean }): Promise<number> {
  const services = await openServices();
  try {
    const { client } = services.tracking;
    const parent = await findSearch(client, search);
    const searchId = parent.tags[TAGS.searchId]!;
    const cancelled =
      !hasEnded(parent) && (await cancelSearch(parent, { redis: services.redis, tracking: client }));
    if (!cancelled) {
      throw new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
    }
    process.stdout.write(
      json
        ? `${JSON.stringify({ searchId, status: 'KILLED' }, null, 2)}\n`
        : `Cancelled search ${searchId}; what it has finished stays in tracking.\n`,
    );
    return EXIT.done;
  } finally {
    await services.close();
  }
}
