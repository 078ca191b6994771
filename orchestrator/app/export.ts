/**
 * A search copied to another MLflow server: its runs with their parents, times, histories and files, and the version that it
 * registered. Every run there names the one here that it comes from, so that a second try goes on where the first one stopped.
 */
import pLimit from 'p-limit';
import { withoutSecrets } from '../../addresses/index.js';
import type { SearchResult } from '../../queue/index.js';
import { hasEnded, type SearchSummary } from '../../review/results/index.js';
import {
  createTrackingClient,
  isNotFound,
  ROLE,
  type Run,
  TAGS,
  type TrackingClient,
  tagIs,
} from '../../tracking/client/index.js';
import { serverAddress } from './addresses.js';
import { type CopyRoute, copyInto, finishCopy, isWhole, renamedIn } from './copy-run.js';
import { InputError } from './errors.js';

export interface Exported {
  readonly searchId: string;
  readonly experimentId: string;
  readonly parentRunId: string;
  /** Runs of the search; so many of them were there already. */
  readonly runs: number;
  readonly present: number;
  /** The version there. */
  readonly registered: NonNullable<SearchResult['registered']> | null;
  /** Aliases of the version here that another one has there, and keeps. */
  readonly aliasesTaken: string[];
}

export interface ExportOptions {
  /** Address of the server; name and password may stand in it. */
  readonly to: string;
  readonly signal: AbortSignal;
  readonly onProgress?: (copied: number, total: number) => void;
}

/** Where a refit run keeps its model package. */
const PACKAGE = 'model';
/** Runs that are copied at a time. */
const AT_A_TIME = 4;

/**
 * @throws InputError when the search has not ended, or is there already by itself
 * @throws TrackingError when one of the servers fails; what was copied stays and is not copied again
 */
export async function exportSearch(
  from: TrackingClient,
  search: SearchSummary,
  { to: address, signal, onProgress = () => undefined }: ExportOptions,
): Promise<Exported> {
  const { searchId } = search;
  if (!hasEnded(search.status))
    throw new InputError(`search ${searchId} goes on; export it when it has ended, or cancel it first`);
  const to = createTrackingClient({ uri: serverAddress('--to', address), signal });
  const name = (await from.searchExperiments()).find((one) => one.experimentId === search.experimentId)?.name;
  const experimentId = await to.getOrCreateExperiment(name ?? searchId);
  const sources = inOrder(await runsOf(from, search.experimentId, tagIs(TAGS.searchId, searchId)));
  const begun = await begin(to, experimentId, search, sources);
  const renamed = new Map([...begun].map(([id, run]) => [id, run.info.runId]));
  const route: CopyRoute = { from, to, renamed, oneByOne: pLimit(1) };

  const open = sources.filter(({ info }) => !isWhole(begun.get(info.runId)!));
  let copied = sources.length - open.length;
  onProgress(copied, sources.length);
  await each(open, signal, async (source) => {
    await copyInto(begun.get(source.info.runId)!, source, route);
    onProgress(++copied, sources.length);
  });
  const { registered, aliasesTaken } = await exportVersion(search, route);
  if (registered !== null && search.registered !== null)
    renamed.set(
      `${search.registered.name}/${search.registered.version}`,
      `${registered.name}/${registered.version}`,
    );
  // The parent last: as long as it is open, the search is on its way.
  for (const source of [...open].reverse()) {
    signal.throwIfAborted();
    await finishCopy(begun.get(source.info.runId)!, source, route);
  }
  return {
    searchId,
    experimentId,
    parentRunId: renamed.get(search.runId)!,
    runs: sources.length,
    present: sources.length - open.length,
    registered,
    aliasesTaken,
  };
}

/** Some at a time; none is begun after one has failed, and the failure is told when all have ended. */
async function each<T>(items: readonly T[], signal: AbortSignal, action: (item: T) => Promise<void>) {
  const limit = pLimit(AT_A_TIME);
  let failed: { readonly error: unknown } | undefined;
  await Promise.all(
    items.map((item) =>
      limit(async () => {
        if (failed !== undefined || signal.aborted) return;
        await action(item).catch((error: unknown) => {
          failed ??= { error };
        });
      }),
    ),
  );
  signal.throwIfAborted();
  if (failed !== undefined) throw failed.error;
}

const runsOf = async (client: TrackingClient, experimentId: string, filter: string): Promise<Run[]> => {
  const runs: Run[] = [];
  for await (const run of client.searchRuns({ experimentIds: [experimentId], filter })) runs.push(run);
  return runs;
};

const ORDER: readonly string[] = [ROLE.parent, ROLE.trial, ROLE.fold, ROLE.refit];

/** Parents before their children. */
const inOrder = (runs: readonly Run[]): Run[] =>
  runs.toSorted(
    (a, b) =>
      ORDER.indexOf(a.tags[TAGS.role] ?? '') - ORDER.indexOf(b.tags[TAGS.role] ?? '') ||
      a.info.startTime - b.info.startTime,
  );

/** The run there of each run here, by its id here: begun where there is none. */
async function begin(
  to: TrackingClient,
  experimentId: string,
  { searchId, runId: parentRunId }: SearchSummary,
  sources: readonly Run[],
): Promise<ReadonlyMap<string, Run>> {
  const own = await runsOf(to, experimentId, tagIs(TAGS.searchId, searchId));
  if (own.some(({ tags }) => tags[TAGS.exportedFrom] === undefined))
    throw new InputError(
      `${withoutSecrets(to.uri)} has search ${searchId} by itself; --to must name another server than the one it is on`,
    );
  const begun = new Map<string, Run>();
  const prefix = `${searchId}/`;
  const marked = await runsOf(to, experimentId, `tags.\`${TAGS.exportedFrom}\` LIKE '${prefix}%'`);
  for (const run of marked) {
    const from = run.tags[TAGS.exportedFrom]!.slice(prefix.length);
    const before = begun.get(from);
    if (before === undefined) begun.set(from, run);
    else {
      // An answer that was lost left two: the one that is further counts.
      const [kept, surplus] = isWhole(before) ? [before, run] : [run, before];
      begun.set(from, kept);
      await to.deleteRun(surplus.info.runId);
    }
  }
  for (const { info, tags } of sources) {
    if (begun.has(info.runId)) continue;
    const above = info.runId === parentRunId ? undefined : tags[TAGS.parentRunId];
    const parent = above === undefined ? undefined : begun.get(above)?.info.runId;
    const run = await to.createRun({
      experimentId,
      runName: info.runName,
      startTime: info.startTime,
      tags: {
        [TAGS.exportedFrom]: prefix + info.runId,
        ...(tags[TAGS.user] !== undefined && { [TAGS.user]: tags[TAGS.user] }),
      },
      ...(parent !== undefined && { parentRunId: parent }),
    });
    begun.set(info.runId, run);
  }
  return begun;
}

/** The version of the winner; nothing when the search registered none, or it has been deleted since. */
async function exportVersion(
  { registered }: SearchSummary,
  { from, to, renamed }: CopyRoute,
): Promise<Pick<Exported, 'registered' | 'aliasesTaken'>> {
  const none = { registered: null, aliasesTaken: [] };
  if (registered === null) return none;
  const { name } = registered;
  const source = await from.getModelVersion(name, registered.version).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const runId = source?.runId === undefined ? undefined : renamed.get(source.runId);
  if (source === undefined || runId === undefined) return none;
  await to.createRegisteredModel(name);
  const run = await to.getRun(runId);
  // A version knows what it was compared with here; there it is compared with nothing yet.
  const { [TAGS.previousChampion]: _, ...kept } = source.tags;
  const tags = Object.fromEntries(Object.entries(kept).map(([key, text]) => [key, renamedIn(text, renamed)]));
  const logged = await to.logPackage(run, PACKAGE, {
    params: run.params,
    tags,
    modelType: 'text-classifier',
  });
  const existing = (await to.searchModelVersions(`run_id = '${runId}'`)).find((one) => one.name === name);
  const version =
    existing ??
    (await to.createModelVersion({
      name,
      source: logged?.artifactUri ?? `${run.info.artifactUri}/${PACKAGE}`,
      runId,
      modelId: logged?.modelId,
      tags,
      description: source.description,
    }));
  await to.waitUntilReady(name, version.version);
  const aliasesTaken: string[] = [];
  for (const alias of source.aliases) {
    const there = await to.getVersionByAlias(name, alias);
    if (there === undefined) await to.setAlias(name, alias, version.version);
    else if (there.version !== version.version) aliasesTaken.push(alias);
  }
  const now = await to.getModelVersion(name, version.version);
  return { registered: { name, version: version.version, aliases: now.aliases }, aliasesTaken };
}
