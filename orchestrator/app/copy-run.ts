/** One run copied to another server, with all that it logged. */
import type { LimitFunction } from 'p-limit';
import { hasEnded } from '../../review/results/index.js';
import { type Run, TAGS, type TrackingClient } from '../../tracking/client/index.js';

/** Where a run comes from and where it goes. */
export interface CopyRoute {
  readonly from: TrackingClient;
  readonly to: TrackingClient;
  /** Ids of runs there by their ids here, and whatever else is called otherwise there. */
  readonly renamed: ReadonlyMap<string, string>;
  /** MLflow refuses one of two runs that name a new dataset at the same moment. */
  readonly oneByOne: LimitFunction;
}

/** A run that has ended and is told apart from one on its way: that one is begun with this tag alone. */
export const isWhole = ({ info, tags }: Run): boolean =>
  hasEnded(info.status) && tags[TAGS.role] !== undefined;

/** Fills a run that was begun there. Doing it again changes nothing. */
export async function copyInto(target: Run, source: Run, route: CopyRoute): Promise<void> {
  const { from, to, oneByOne } = route;
  const [sourceId, targetId] = [source.info.runId, target.info.runId];
  const histories = await Promise.all(
    Object.keys(source.metrics).map((name) => from.metricHistory(sourceId, name)),
  );
  const inputs = await from.loggedInputs(sourceId);
  if (inputs.length > 0) await oneByOne(() => to.logInputs(targetId, inputs));
  await to.logBatch(targetId, { params: source.params, metrics: histories.flat() });
  await copyFiles(target, source, route);
}

/** Says of a run that all of it is there: its tags, and how and when it ended. */
export async function finishCopy(
  target: Run,
  source: Run,
  { to, renamed }: Pick<CopyRoute, 'to' | 'renamed'>,
): Promise<void> {
  const { runId } = target.info;
  const tags = Object.fromEntries(
    Object.entries(source.tags)
      // Where it comes from stands there already: from here. A run above the parent run is not copied.
      .filter(
        ([name, value]) => name !== TAGS.exportedFrom && (name !== TAGS.parentRunId || renamed.has(value)),
      )
      .map(([name, value]) => [name, renamedIn(value, renamed)]),
  );
  await to.logBatch(runId, { tags });
  await to.updateRun(runId, {
    status: source.info.status,
    ...(source.info.endTime !== undefined && { endTime: source.info.endTime }),
  });
}

/** Ids of runs, wherever they stand in a text, and names of versions. */
export const renamedIn = (text: string, renamed: ReadonlyMap<string, string>): string =>
  renamed.get(text) ?? text.replaceAll(/\b[0-9a-f]{32}\b/g, (id) => renamed.get(id) ?? id);

async function copyFiles(target: Run, source: Run, { from, to, renamed }: CopyRoute): Promise<void> {
  const folders = [''];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    for (const { path, isDir } of await from.listArtifacts(source, folder)) {
      if (isDir) {
        folders.push(path);
        continue;
      }
      const content = await from.downloadArtifact(source, path);
      await to.uploadArtifact(target, path, namesRuns(path) ? inText(content, renamed) : content);
    }
  }
}

/** Files that say of which run something is; any other is copied as it is. */
const namesRuns = (path: string): boolean =>
  /(^|\/)(MLmodel|cv_results\.csv|nested\.json|report\.html)$/.test(path);

const inText = (content: Buffer, renamed: ReadonlyMap<string, string>): Buffer =>
  Buffer.from(renamedIn(content.toString('utf8'), renamed));
