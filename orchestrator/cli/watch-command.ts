/** `watch SEARCH`: what `run` shows while it goes on, of a search that others carry out. */
import {
  bestOf,
  findSearch,
  hasEnded,
  readEvidence,
  readOutcome,
  readPresence,
  readProgress,
  readSearch,
  registeredBy,
  type SearchSummary,
  stateOf,
} from '../../review/results/index.js';
import { type Services, simplicity } from '../app/index.js';
import { printError } from './errors.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { print, printLine, say } from './output.js';
import { duration, fixed, plain } from './render.js';
import { summary } from './run.js';
import { type Look, watchSearch } from './watch.js';
import { withServices } from './with-services.js';

/** Why watching ends although nobody stopped it. */
const UNREAD = new Error('nobody reads the lines any more');

export async function watchCommand(asked: string, options: { json: boolean }): Promise<number> {
  const stop = interruption();
  // Who reads the lines has seen enough, such as `head`: then nobody is left to watch for.
  const unread = new AbortController();
  process.stdout.once('error', () => unread.abort(UNREAD));
  let code: number = EXIT.done;
  try {
    await withServices(async (services) => {
      const search = await findSearch(services.tracking.client, asked);
      code = await follow(search, services, options, AbortSignal.any([stop.signal, unread.signal]));
    });
    return code;
  } finally {
    stop.dispose();
  }
}

async function follow(
  search: SearchSummary,
  services: Services,
  { json }: { json: boolean },
  signal: AbortSignal,
): Promise<number> {
  const { searchId } = search;
  const { client } = services.tracking;
  if (!hasEnded(search.status)) {
    const absence = tellOfAbsence(searchId, services);
    try {
      await watchSearch({ ...services, client }, searchId, signal, json ? progressLines() : undefined);
    } catch (error) {
      if (!signal.aborted) {
        // It may have been cancelled, and tracking says so.
        if (!hasEnded((await readSearch(client, search.runId)).status)) throw error;
      } else if (signal.reason === UNREAD) {
        return EXIT.done;
      } else {
        const message = `Stopped watching; the search goes on. Come back with\n  npx gridsearch watch ${searchId}`;
        say(message);
        printError(message, EXIT.stopped);
        return EXIT.stopped;
      }
    } finally {
      absence.stop();
    }
  }
  const ended = await readSearch(client, search.runId);
  if (json) await printEnd(ended, services);
  else print(...(await endLines(ended, services)));
  return ended.status === 'FINISHED' ? EXIT.done : EXIT.failed;
}

/** How often to look who is there, ms. */
const LOOK_EVERY = 5000;

/** Says so while nobody carries the search out: a line that stands still would tell nothing. */
function tellOfAbsence(searchId: string, { redis }: Services): { stop(): void } {
  let said = '';
  const look = async (): Promise<void> => {
    const presence = await readPresence(redis);
    const line =
      presence?.orchestrators === 0
        ? `Nobody works on it now; go on with\n  npx gridsearch resume ${searchId}`
        : presence?.workers === 0
          ? 'No worker is there; start one with\n  npx gridsearch worker'
          : '';
    if (line !== said && line !== '') say(`\n${line}`);
    said = line;
  };
  const looking = () => void look().catch(() => undefined);
  looking();
  const timer = setInterval(looking, LOOK_EVERY);
  return { stop: () => clearInterval(timer) };
}

/** Prints a document for every change. */
function progressLines(): (look: Look) => void {
  let printed = '';
  return ({ progress, control, best, seconds, left }) => {
    const { searchId, step, trials, folds, pruned, search } = progress;
    const state = stateOf({ status: 'RUNNING' }, progress, undefined, control);
    const key = JSON.stringify([state, step, trials, folds, pruned, best]);
    if (key === printed) return;
    printed = key;
    printLine('watch', {
      type: 'progress',
      searchId,
      state,
      step,
      trials,
      folds,
      pruned,
      best: best ?? null,
      metric: search.context.objective.metric,
      seconds,
      secondsLeft: left ?? null,
      pausedSince: control.pausedSince ?? null,
    });
  };
}

async function printEnd(search: SearchSummary, { tracking: { client } }: Services): Promise<void> {
  const { searchId, experimentId, runId: parentRunId, status, failure, cut } = search;
  printLine('watch', {
    type: 'ended',
    searchId,
    experimentId,
    parentRunId,
    status,
    failure: failure ?? null,
    cut,
    best: await bestOf(client, search),
    registered: await registeredBy(client, search),
  });
}

/** As `run` has them, while Redis keeps the outcome. */
async function endLines(search: SearchSummary, services: Services): Promise<string[]> {
  const { searchId, status, startTime, endTime } = search;
  const { searches, tracking } = services;
  const known = (await readProgress(searches, searchId).catch(() => undefined))?.result !== undefined;
  const seconds = ((endTime ?? Date.now()) - startTime) / 1000;
  if (known) {
    const evidence = await readEvidence(tracking.client, search, simplicity);
    const outcome = await readOutcome(searches, searchId);
    return summary(outcome, services, seconds, new Set(), { search, evidence });
  }
  const registered = await registeredBy(tracking.client, search);
  return [
    `Search ${searchId} ended as ${status} after ${duration(seconds)}.`,
    ...(search.failure === undefined ? [] : [`Reason: ${plain(search.failure)}`]),
    `Best ${fixed((await bestOf(tracking.client, search))?.mean)}${registered === null ? '' : `, registered as ${plain(registered.name)} version ${registered.version}`}`,
    `Look closer: npx gridsearch show ${searchId}`,
  ];
}
