/** `status [SEARCH]`: what is under way, what has ended. */
import {
  type Budget,
  bestOf,
  budgetWords,
  findSearch,
  generationNow,
  generationWords,
  hasEnded,
  listSearches,
  queuePositions,
  readBudget,
  readPresence,
  readStatus,
  registeredBy,
  type SearchStatus,
  secondsUnderWay,
  termLines,
  termsOf,
  usedSeconds,
} from '../../review/results/index.js';
import { estimateNow, type TrackingClient } from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { fittedLines, terminalWidth } from './fit.js';
import { print, printDocument } from './output.js';
import { duration, fixed, pausedLine, plain, progressLine, table } from './render.js';
import { withServices } from './with-services.js';

export function statusCommand(search: string | undefined, { json }: { json: boolean }): Promise<number> {
  return withServices(async ({ tracking, searches, redis }) => {
    const { client } = tracking;
    const found = search === undefined ? await listSearches(client) : [await findSearch(client, search)];
    const [presence, positions] = await Promise.all([readPresence(redis), queuePositions(searches)]);
    const rows = await Promise.all(
      found.map((one) => readStatus({ searches, client, redis, presence }, one)),
    );
    if (json) {
      const documents = await Promise.all(rows.map((row) => documentOf(client, row, positions)));
      return search === undefined
        ? printDocument('status-list', documents)
        : printDocument('status', documents[0]!);
    }
    if (rows.length === 0) return print('No searches yet: npx gridsearch run search-spaces/quickstart.yaml');
    if (search === undefined) return print(statusTable(rows));
    const [row] = rows as [SearchStatus];
    const budget = await readBudget(client, row.search, row.progress, row.control);
    print(statusTable(rows), ...closerLook(row, positions, budget));
  });
}

async function documentOf(
  client: TrackingClient,
  row: SearchStatus,
  positions: ReadonlyMap<string, number>,
): Promise<DocumentOf<'status'>> {
  const { search, state, step, trials, folds, failure } = row;
  const { searchId, experimentId, runId: parentRunId, status, startTime, endTime } = search;
  return {
    searchId,
    experimentId,
    parentRunId,
    status,
    state,
    step,
    startTime,
    endTime,
    seconds: secondsOf(row),
    secondsLeft: secondsLeft(row),
    pausedSince: (state === 'paused' ? row.control?.pausedSince : undefined) ?? null,
    priority: row.control?.priority ?? null,
    queuePosition: positions.get(searchId) ?? null,
    trials,
    folds,
    best: await bestOf(client, search),
    registered: await registeredBy(client, search),
    cut: search.cut,
    generation: generationNow(row),
    budget: budgetDocument(await readBudget(client, search, row.progress, row.control)),
    failure,
  };
}

const isCarriedOut = (state: SearchStatus['state']): boolean =>
  state === 'running' || state === 'being stopped';

function budgetDocument(budget: Budget | null): DocumentOf<'status'>['budget'] {
  if (budget === null) return null;
  const { maxDuration, maxFailures, trialTimeout, maxMemory } = budget;
  return {
    maxDuration: maxDuration && { limit: maxDuration.seconds, used: usedSeconds(maxDuration) },
    maxFailures: maxFailures && { limit: maxFailures.most, used: maxFailures.failed },
    trialTimeout,
    maxMemory,
  };
}

/** Time goes on while somebody works on a search. */
function secondsOf({ search: { status, startTime, endTime }, state }: SearchStatus): number | null {
  if (hasEnded(status)) return ((endTime ?? startTime) - startTime) / 1000;
  return isCarriedOut(state) ? (Date.now() - startTime) / 1000 : null;
}

/** While it is worked on, once something tells the speed. */
function secondsLeft(row: SearchStatus): number | null {
  if (row.state !== 'running' || row.progress === undefined) return null;
  return estimateNow(row.progress, secondsUnderWay(row), row.control?.pausedMs).left ?? null;
}

function statusTable(rows: readonly SearchStatus[]): string {
  // A column that only searches under way have a use for.
  const live = rows.some(({ state }) => state === 'running');
  return table(
    ['search', 'state', 'folds', 'trials', 'best', 'took', ...(live ? ['ETA'] : []), 'registered'],
    rows.map((row) => {
      const { search, state, folds, trials, bestMean } = row;
      const [seconds, left] = [secondsOf(row), secondsLeft(row)];
      return [
        search.searchId,
        state,
        `${folds.settled ?? '?'}/${folds.total}`,
        `${trials.settled ?? '?'}/${trials.total}`,
        fixed(bestMean),
        seconds === null ? '–' : duration(seconds),
        ...(live ? [left === null ? '–' : duration(left)] : []),
        search.registered === null ? '–' : `${search.registered.name}/${search.registered.version}`,
      ];
    }),
  );
}

/** What there is to say of one search beside its row. */
function closerLook(
  row: SearchStatus,
  positions: ReadonlyMap<string, number>,
  budget: Budget | null,
): string[] {
  const { search, state, progress, bestMean, failure, control } = row;
  const { searchId } = search;
  const lines = fittedLines(termLines(termsOf(search)).map(plain), terminalWidth());
  if (budget !== null) lines.push(`Budget: ${budgetWords(budget).join('; ')}`);
  if (state === 'running' && progress !== undefined) {
    const seconds = secondsUnderWay(row);
    lines.push(
      progressLine(
        progress,
        estimateNow(progress, seconds, control?.pausedMs),
        seconds,
        bestMean ?? undefined,
      ),
    );
    const generation = generationNow(row);
    if (generation !== null) lines.push(`At ${generationWords(generation)}.`);
  }
  if (state === 'paused') lines.push(pausedLine(searchId, control?.pausedSince ?? Date.now()));
  if (state === 'being stopped')
    lines.push('It is being stopped: the best of its complete configurations is refit and registered.');
  if (control?.priority !== undefined && control.priority > 1) lines.push(`Priority: ${control.priority}`);
  if (state === 'interrupted') {
    lines.push(`Nobody works on it; go on with\n  npx gridsearch resume ${searchId}`);
  }
  const position = positions.get(searchId);
  if (state === 'queued' && position !== undefined) lines.push(`Place in the queue: ${position}`);
  if (state === 'queued') lines.push('Carried out by `npx gridsearch up` with `npx gridsearch worker`.');
  if (state === 'waiting for a worker') {
    lines.push('Folds wait for training processes: npx gridsearch worker');
  }
  if (search.cut !== null) lines.push(`It was ${search.cut}.`);
  if (failure !== null) lines.push(`Reason: ${failure}`);
  return lines;
}
