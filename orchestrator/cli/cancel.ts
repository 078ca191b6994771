/** `cancel SEARCH`: gives a search up for good, unlike Ctrl-C, after which it can be resumed. */
import { cancelByName } from '../app/index.js';
import { print, printDocument } from './output.js';
import { withServices } from './with-services.js';

export function cancelCommand(search: string, { json }: { json: boolean }): Promise<number> {
  return withServices(async (services) => {
    const { searchId } = await cancelByName(search, services);
    if (json) printDocument('cancel', { searchId, status: 'KILLED' });
    else print(`Cancelled search ${searchId}; what it has finished stays in tracking.`);
  });
}
