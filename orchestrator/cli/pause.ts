/** `pause SEARCH`: no further fold of it begins until it is resumed. */
import { readPresence } from '../../review/results/index.js';
import { pauseSearch, type Services } from '../app/index.js';
import { print, printDocument, say } from './output.js';
import { counted, duration } from './render.js';
import { withServices } from './with-services.js';

export function pauseCommand(asked: string, { json }: { json: boolean }): Promise<number> {
  return withServices(async (services) => {
    const { search, already, since, atHand } = await pauseSearch(asked, services);
    const { searchId } = search;
    if (json)
      return printDocument('pause', { searchId, status: 'PAUSED', already, pausedSince: since, atHand });
    print(
      already
        ? `Search ${searchId} is paused already, for ${duration((Date.now() - since) / 1000)}.`
        : `Paused search ${searchId}: no further fold of it begins.`,
      ...(atHand === 0
        ? []
        : [`${counted(atHand, 'job')} at hand ${atHand === 1 ? 'ends and counts' : 'end and count'}.`]),
      `Go on with it: npx gridsearch resume ${searchId}`,
    );
  });
}

/**
 * Tells that a search's pause is over, where others carry it out: nobody is needed here.
 *
 * @returns whether that is so
 */
export async function resumedElsewhere(
  searchId: string,
  { redis }: Pick<Services, 'redis'>,
  { json }: { json: boolean },
): Promise<boolean> {
  const presence = await readPresence(redis);
  if (presence?.orchestrators === 0) return false;
  if (json) printDocument('resume', { searchId, status: 'RUNNING' });
  else
    print(
      `Search ${searchId} goes on.`,
      presence?.workers === 0
        ? 'No worker is there: npx gridsearch worker starts one.'
        : `Watch it: npx gridsearch watch ${searchId}`,
    );
  return true;
}

/** Others may have the search at hand, or be frozen: this process works on it in either case, and says what its end means. */
export async function tellOfOthers({ redis }: Pick<Services, 'redis'>): Promise<void> {
  const presence = await readPresence(redis);
  if (presence !== undefined && presence.orchestrators > 0 && presence.workers > 0)
    say('It goes on elsewhere already; this process works on it, too. Ctrl-C here ends only that.');
}
