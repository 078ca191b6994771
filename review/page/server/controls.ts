/** What a person can do with a search in the page: one line each, besides its name in `paths.ts` and its button in the client. */
import { z } from 'zod';
import {
  cancelByName,
  pauseSearch,
  resumeSearch,
  searchPriority,
  setPriority,
  stopByName,
} from '../../../orchestrator/app/index.js';
import { readPresence } from '../../results/index.js';
import type { Sources } from './list.js';
import type { CONTROLS } from './paths.js';

interface Control<Body extends z.ZodType = z.ZodType> {
  readonly body: Body;
  /** Does it, and says in words what came of it. @throws InputError when it can't be done as things are */
  readonly act: (asked: string, sources: Sources, body: z.output<Body>) => Promise<string>;
}

const control = <Body extends z.ZodType>(body: Body, act: Control<Body>['act']): Control<Body> => ({
  body,
  act,
});
const nothing = z.strictObject({});

export const CONTROL_TABLE: Readonly<Record<(typeof CONTROLS)[number], Control>> = {
  stop: control(nothing, async (asked, { client, redis, searches }) => {
    const { search, already } = await stopByName(asked, { redis, searches, tracking: { client } });
    const what = `Search ${search.searchId} is being stopped${already ? ' already' : ''}`;
    return waitingFor(redis, `${what}: the best of its complete configurations is refit and registered`);
  }),
  cancel: control(nothing, async (asked, { client, redis }) => {
    const { searchId } = await cancelByName(asked, { redis, tracking: { client } });
    return `Search ${searchId} is cancelled; what it has finished stays.`;
  }),
  resume: control(nothing, async (asked, { client, redis, searches }) => {
    const services = { redis, searches, tracking: { client } };
    const { searchId, wasPaused } = await resumeSearch(asked, services);
    return waitingFor(redis, `Search ${searchId} ${wasPaused ? 'goes on' : 'is in the queue'}`);
  }),
  pause: control(nothing, async (asked, { client, redis, searches }) => {
    const { search, atHand } = await pauseSearch(asked, { redis, searches, tracking: { client } });
    const open = atHand === 0 ? 'nothing is at hand' : `${atHand} at hand end and count`;
    return `Search ${search.searchId} is paused; ${open}.`;
  }),
  priority: control(z.strictObject({ priority: searchPriority }), async (asked, sources, { priority }) => {
    const { client, redis, searches } = sources;
    const { search } = await setPriority(asked, priority, { redis, searches, tracking: { client } });
    return `Search ${search.searchId} has priority ${priority} now.`;
  }),
};

/** What was queued is carried out by somebody; a person should know when nobody is there. */
export async function waitingFor(redis: Sources['redis'], what: string): Promise<string> {
  const presence = await readPresence(redis);
  if (presence?.orchestrators === 0)
    return `${what}. Nobody carries it out now: start npx gridsearch up --workers auto.`;
  if (presence?.workers === 0) return `${what}. No worker is there: start npx gridsearch worker.`;
  return `${what}.`;
}
