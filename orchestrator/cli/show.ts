/** `show SEARCH`: winner, ranked children, folds. Needs tracking only. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  bestTrials,
  findSearch,
  foldsOf,
  type RunSummary,
  rankedTrials,
  refitOf,
  type SearchSummary,
  type TrialSummary,
  winnerOf,
} from '../../review/results/index.js';
import type { TrackingClient } from '../app/index.js';
import { fixed, spread } from './render.js';
import { COMPARED, foldsTable, trialsTable } from './tables.js';
import { withTracking } from './with-services.js';

/** Without numbers, `--json` shows everything, and text 20 children and the folds of 3. */
export interface ShowOptions {
  readonly json: boolean;
  readonly folds?: number;
  readonly top?: number;
}

export function showCommand(asked: string, options: ShowOptions): Promise<number> {
  return withTracking(async ({ client }) => {
    const search = await findSearch(client, asked);
    if (!options.json) return void process.stdout.write(await text(client, search, options));
    await pipeline(Readable.from(document(client, search, options)), process.stdout, { end: false });
  });
}

async function text(
  client: TrackingClient,
  search: SearchSummary,
  { top = 20, folds = 3 }: ShowOptions,
): Promise<string> {
  const { objective, foldsOfTrial } = search;
  const trials = await bestTrials(client, search, Math.max(top, COMPARED));
  const detailed = await Promise.all(
    trials.slice(0, folds).map(async (trial) => ({ trial, folds: await foldsOf(client, search, trial) })),
  );
  return [
    `Search ${search.searchId} · ${search.status} · parent run ${search.runId}`,
    `Scored by ${objective.metric} (${objective.direction}) over ${foldsOfTrial ?? '?'} ${foldsOfTrial === 1 ? 'fold' : 'folds'}, dataset digest ${search.datasetDigest}`,
    ...(search.failure === undefined ? [] : [`Failed: ${search.failure}`]),
    ...(await winnerLines(client, search)),
    ...(await refitLines(client, search)),
    '',
    trialsTable(search, trials, top),
    '',
    foldsTable(search, detailed),
    '',
  ].join('\n');
}

async function winnerLines(client: TrackingClient, search: SearchSummary): Promise<string[]> {
  const winner = await winnerOf(client, search);
  if (winner === undefined) return [];
  const score = spread(search.bestMean ?? undefined, search.bestStd ?? undefined);
  return [
    '',
    `Winner ${winner.runName}: ${search.objective.metric} ${score}`,
    ...Object.entries(winner.params).map(([name, value]) => `  ${name} = ${value}`),
  ];
}

async function refitLines(client: TrackingClient, search: SearchSummary): Promise<string[]> {
  const refit = await refitOf(client, search);
  if (refit === undefined) return [];
  const measured = Object.entries(refit.metrics).filter(([name]) => name.startsWith('test_'));
  return [
    `Refit ${refit.runId}: ${measured.map(([name, value]) => `${name} ${fixed(value)}`).join(', ')}`,
    ...(search.registered === null ? [] : [`Registered as ${search.registered.replace('/', ' version ')}`]),
  ];
}

/** Requests under way at a time. */
const AT_ONCE = 16;

/** The one document of `--json`, in pieces: of a large search it is larger than a string may be. */
async function* document(
  client: TrackingClient,
  search: SearchSummary,
  { top = Number.POSITIVE_INFINITY, folds = Number.POSITIVE_INFINITY }: ShowOptions,
): AsyncGenerator<string> {
  const { searchId, experimentId, objective, winnerRunId, registered } = search;
  const head = JSON.stringify(
    {
      searchId,
      experimentId,
      ...runDocument(search),
      objective,
      winner: winnerRunId,
      refit: (await refitOf(client, search)) ?? null,
      registered,
    },
    null,
    2,
  );
  yield `${head.slice(0, -'\n}'.length)},\n  "children": [`;
  let written = 0;
  const piece = async (trial: TrialSummary, i: number): Promise<string> => {
    const rank = written + i;
    const ofTrial = rank < folds ? await foldsOf(client, search, trial) : [];
    const text = JSON.stringify({ ...runDocument(trial), folds: ofTrial.map(runDocument) }, null, 2);
    return `${rank === 0 ? '' : ','}\n${text.replace(/^/gm, '    ')}`;
  };
  let batch: TrialSummary[] = [];
  for await (const trial of rankedTrials(client, search)) {
    if (written + batch.length === top) break;
    batch.push(trial);
    if (batch.length < AT_ONCE) continue;
    yield* await Promise.all(batch.map(piece));
    written += batch.length;
    batch = [];
  }
  yield* await Promise.all(batch.map(piece));
  written += batch.length;
  yield `${written === 0 ? '' : '\n  '}]\n}\n`;
}

/** What every run shows of itself. */
const runDocument = ({
  runId,
  runName,
  status,
  startTime,
  endTime,
  params,
  metrics,
  failure,
}: RunSummary) => ({
  runId,
  runName,
  status,
  startTime,
  endTime,
  params,
  metrics,
  ...(failure !== undefined && { failure }),
});
