/** `show SEARCH`: what won and whether to believe it, ranked children, folds. Needs tracking only. */
import {
  type BestTrial,
  bestOf,
  bestTrials,
  budgetWords,
  type Evidence,
  findRun,
  findRunIn,
  findSearch,
  foldsOf,
  hasEnded,
  isPaused,
  nameOf,
  readBudget,
  readEvidence,
  type SearchSummary,
  termLines,
  termsOf,
  UnknownSearchError,
} from '../../review/results/index.js';
import { queuedOf, simplicity, type TrackingClient } from '../app/index.js';
import { fittedLines, terminalWidth } from './fit.js';
import { print, write } from './output.js';
import { fixed, pausedLine, plain, spread, warningLines } from './render.js';
import { searchDocument } from './show-document.js';
import { attemptLines, showRun } from './show-run.js';
import { alikeLines, foldsTable, trialsTable } from './tables.js';
import { withTracking } from './with-services.js';

/** Without numbers, `--json` shows everything, and text 20 children and the folds of 3. */
export interface ShowOptions {
  readonly json: boolean;
  readonly wide: boolean;
  readonly folds?: number;
  readonly top?: number;
}

/** @param run - A child or a fold of the search; without it `asked` may be the id of its run. */
export function showCommand(asked: string, run: string | undefined, options: ShowOptions): Promise<number> {
  return withTracking(async ({ client }) => {
    const search = await findSearch(client, asked).catch(async (error: unknown) => {
      if (!(error instanceof UnknownSearchError) || run !== undefined) throw error;
      const found = await findRun(client, asked);
      if (found === undefined) throw error;
      return found;
    });
    if ('trial' in search) return showRun(client, search, options);
    if (run !== undefined) return showRun(client, await findRunIn(client, search, run), options);
    if (!options.json) return print(...fittedLines(await text(client, search, options), terminalWidth()));
    // A reader that has seen enough, such as `head`, wants no more of it.
    for await (const piece of searchDocument(client, search, options)) if (!(await write(piece))) break;
  });
}

async function text(
  client: TrackingClient,
  search: SearchSummary,
  { top = 20, folds = 3, wide }: ShowOptions,
): Promise<string[]> {
  const { objective, foldsOfTrial } = search;
  const width = terminalWidth();
  // Where the queue can't be asked, tracking tells enough.
  const queued = hasEnded(search.status) ? undefined : await queuedOf(search.searchId).catch(() => undefined);
  const control = queued?.control;
  const [evidence, trials, budget] = await Promise.all([
    readEvidence(client, search, simplicity),
    bestTrials(client, search, Math.max(folds, 1)),
    readBudget(client, search, queued?.progress, control),
  ]);
  const detailed = await Promise.all(
    trials
      .slice(0, folds)
      .map(async (trial) => ({ name: nameOf(trial), folds: await foldsOf(client, search, trial) })),
  );
  const found = detailed.flatMap(({ folds }) => folds);
  // Inner folds are many, and score nobody; a child by itself shows them.
  const scoring = detailed.map(({ name, folds }) => ({
    name,
    folds: folds.filter(({ inner }) => inner === undefined),
  }));
  const since = control && isPaused(control) ? control.pausedSince : undefined;
  return [
    `Search ${search.searchId} · ${search.status} · parent run ${search.runId}`,
    `Scored by ${objective.metric} (${objective.direction}) over ${foldsOfTrial ?? '?'} ${foldsOfTrial === 1 ? 'fold' : 'folds'}, dataset digest ${search.datasetDigest}`,
    ...(since === undefined ? [] : pausedLine(search.searchId, since).split('\n')),
    ...termLines(termsOf(search)).map(plain),
    ...(budget === null ? [] : [`Budget: ${budgetWords(budget).join('; ')}`]),
    ...(search.extends === null ? [] : [`Goes beyond search ${plain(search.extends)}`]),
    ...(search.retryOf === null ? [] : [`Tries again what failed in search ${plain(search.retryOf)}`]),
    ...(search.failure === undefined ? [] : [`Failed: ${search.failure}`]),
    ...warningLines(search.warnings),
    ...(evidence.verdict.length === 0 ? [] : ['']),
    ...evidence.verdict.map(plain),
    ...alikeLines(evidence),
    ...(await bestLines(client, search)),
    ...refitLines(evidence),
    ...(evidence.columns.name.length === 0 ? [] : ['', trialsTable(evidence, { most: top, width, wide })]),
    ...failureLines(evidence, top),
    ...(found.length === 0 ? [] : ['', foldsTable(objective.metric, scoring, { width, wide })]),
    ...attemptLines(found),
  ];
}

/** Why children that the table shows failed or were pruned. */
const failureLines = ({ columns }: Evidence, top: number): string[] =>
  columns.reason
    .slice(0, top)
    .flatMap((reason, row) =>
      reason === null
        ? []
        : [
            plain(
              `${columns.name[row]} ${columns.status[row] === 'PRUNED' ? 'pruned' : 'failed'}: ${reason}`,
            ),
          ],
    );

async function bestLines(client: TrackingClient, search: SearchSummary): Promise<string[]> {
  const best = await bestOf(client, search);
  if (best === null) return [];
  const { model, parameters } = best.configuration;
  return [
    '',
    `${search.winnerRunId === null ? 'Best so far' : 'Winner'} ${nameOf(best)}: ${search.objective.metric} ${spread(best.mean, best.std)}`,
    ...(pickedByScore(best.configuration)
      ? [
          '  a little too good: early stopping picked its epochs on the rows that score it;',
          '  early_stopping: { validation_size: 0.1 } takes others',
        ]
      : []),
    ...Object.entries({ model, ...parameters }).map(([name, value]) => plain(`  ${name} = ${value}`)),
  ];
}

/** Whether the rows that score a configuration's folds picked their epochs, too. */
const pickedByScore = ({ parameters }: BestTrial['configuration']): boolean =>
  Boolean(parameters.patience) && !parameters.validation_size;

function refitLines({ refit }: Evidence): string[] {
  if (refit === null) return [];
  const measured = Object.entries(refit.testMetrics);
  return [
    `Refit ${refit.runId}: ${measured.map(([name, value]) => `test_${name} ${fixed(value)}`).join(', ')}`,
  ];
}
