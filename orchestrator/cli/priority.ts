/** `priority SEARCH N`: how much a search gets of the workers that it shares with others. */
import { setPriority } from '../app/index.js';
import { print, printDocument } from './output.js';
import { withServices } from './with-services.js';

export function priorityCommand(
  asked: string,
  priority: number,
  { json }: { json: boolean },
): Promise<number> {
  return withServices(async (services) => {
    const { search, before } = await setPriority(asked, priority, services);
    const { searchId } = search;
    if (json) return printDocument('priority', { searchId, priority, before });
    print(
      priority === before
        ? `Search ${searchId} has priority ${priority} already.`
        : `Search ${searchId} has priority ${priority} now; it was ${before}.`,
    );
  });
}
