/** Folds of earlier searches over the same data, read from tracking: few, and never for long. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParameterValue } from '../../../queue/index.js';
import {
  begunAt,
  filterText,
  ownParams,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  tagIs,
} from '../../../tracking/client/index.js';
import type { Submission } from '../../search/index.js';
import type { EarlierFold } from './earlier.js';

/** Runs that are read in all. */
const MOST_RUNS = 100;
/** Searches that are looked at; the one that is to start may be among them. */
const MOST_SEARCHES = 4;

interface Like extends Pick<Submission, 'models'> {
  readonly rows: Pick<Submission['rows'], 'digest'>;
}

/**
 * Folds of the latest searches: over the same data, or where there are none over any. None when
 * the server doesn't answer in time.
 *
 * @param engine - That will train.
 * @param within - How long to wait for it, in ms.
 */
export async function earlierFolds(
  like: Like,
  { engine, within }: { readonly engine: string; readonly within: number },
  client: TrackingClient,
): Promise<readonly EarlierFold[]> {
  const stop = new AbortController();
  const reading = read(like, engine, client, stop.signal).catch(() => []);
  const late = sleep(within, [], { signal: stop.signal }).catch(() => []);
  return Promise.race([reading, late]).finally(() => stop.abort());
}

async function read(
  { models, rows }: Like,
  engine: string,
  client: TrackingClient,
  signal: AbortSignal,
): Promise<EarlierFold[]> {
  const experimentIds = (await client.searchExperiments()).map(({ experimentId }) => experimentId);
  if (experimentIds.length === 0) return [];
  const parents = async (filter: string): Promise<readonly Run[]> =>
    (await client.searchRunsPage({ experimentIds, filter, maxResults: MOST_SEARCHES })).runs;
  const isSearch = tagIs(TAGS.role, ROLE.parent);
  const same = await parents(`${isSearch} and ${tagIs(TAGS.datasetDigest, rows.digest)}`);
  const found = same.length > 0 ? same : await parents(isSearch);
  const folds: EarlierFold[] = [];
  /** Kinds of which nothing was found yet, and the engine's version that the latest was trained with. */
  let [kinds, version] = [models.map(({ model }) => model), undefined as string | undefined];
  for (const parent of found) {
    if (kinds.length === 0 || signal.aborted) break;
    const most = Math.floor((MOST_RUNS - folds.length) / kinds.length);
    if (most === 0) break;
    const runs = (await Promise.all(kinds.map((kind) => foldsOfKind(parent, kind, most, client)))).flat();
    version ??= runs.find(({ tags }) => tags[TAGS.engine] === engine)?.tags[TAGS.engineVersion];
    const alike = runs.filter(
      ({ tags }) => tags[TAGS.engine] === engine && tags[TAGS.engineVersion] === version,
    );
    folds.push(...alike.flatMap((run) => foldOf(run, parent.tags[TAGS.datasetDigest] === rows.digest)));
    kinds = kinds.filter((kind) => !folds.some(({ model }) => model === kind));
  }
  return folds;
}

/** The latest folds of a kind: of a large search one of each configuration, of others all but the very first, whose process had all to load. */
async function foldsOfKind(
  { tags, info: { experimentId } }: Run,
  kind: string,
  most: number,
  client: TrackingClient,
): Promise<readonly Run[]> {
  const filter = [
    tagIs(TAGS.searchId, tags[TAGS.searchId] ?? ''),
    tagIs(TAGS.role, ROLE.fold),
    ...(Number(tags[TAGS.folds]) > MOST_RUNS ? [tagIs(TAGS.fold, '0')] : []),
    `params.model = ${filterText(kind)}`,
    "attributes.status = 'FINISHED'",
  ].join(' and ');
  const { runs } = await client.searchRunsPage({ experimentIds: [experimentId], filter, maxResults: most });
  const isFirst = (run: Run): boolean => run.tags[TAGS.index] === '0' && run.tags[TAGS.fold] === '0';
  return runs.filter((run) => !isFirst(run));
}

/** Nothing of a run that lacks what every fold has. */
function foldOf(run: Run, sameData: boolean): EarlierFold[] {
  const { info, tags, params, metrics } = run;
  const { model = '', fold: _, ...parameters } = ownParams(params);
  const { fit_time: fit, train_rows: train, early_stopping_rows: watched = 0 } = metrics;
  if (info.endTime === undefined || fit === undefined || train === undefined) return [];
  const memory = Number(tags[TAGS.memory]);
  return [
    {
      searchId: tags[TAGS.searchId] ?? '',
      model,
      parameters: Object.fromEntries(Object.entries(parameters).map(([name, text]) => [name, typed(text)])),
      // A copy's own time is that of copying, a whole window at once.
      seconds:
        tags[TAGS.reusedFrom] === undefined ? Math.max(fit, (info.endTime - begunAt(run)) / 1000) : fit,
      rows: train + watched,
      sameData,
      memory: memory > 0 ? memory : undefined,
    },
  ];
}

/** MLflow's parameters are text. */
function typed(text: string): ParameterValue {
  if (text === 'true' || text === 'false') return text === 'true';
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}
