/** `stop SEARCH`: no more configurations; what is best by now is refit and registered. */
import { readPresence } from '../../review/results/index.js';
import { stopByName } from '../app/index.js';
import { print, printDocument } from './output.js';
import { withServices } from './with-services.js';

export function stopCommand(asked: string, { json }: { json: boolean }): Promise<number> {
  return withServices(async (services) => {
    const { search, already } = await stopByName(asked, services);
    const { searchId } = search;
    if (json) return printDocument('stop', { searchId, status: 'STOPPING', already });
    const isCarried = (await readPresence(services.redis))?.orchestrators !== 0;
    print(
      already
        ? `Search ${searchId} is being stopped already.`
        : `Stopping search ${searchId}: the best of its complete configurations is refit and registered.`,
      isCarried
        ? `How far it is: npx gridsearch status ${searchId}`
        : `Nobody works on it now; it stops once somebody does: npx gridsearch resume ${searchId}`,
    );
  });
}
