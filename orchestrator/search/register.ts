/** The refit model becomes the next version of the registered model: champion if it beats the champion, else challenger. */
import type { RefitResult, SearchPayload, SearchResult } from '../../queue/index.js';
import { type ModelVersion, TAGS } from '../../tracking/client/index.js';
import { contend } from './champion.js';
import { describeCut } from './cut.js';
import type { Deps } from './deps.js';

/**
 * Registers once per refit run, however often it is called, and leaves the way back: refit and winning child name the
 * version, as the version names them.
 *
 * @param mustHold - Rejects when another process carries the search out by now.
 */
export async function registerModel(
  search: SearchPayload,
  refit: RefitResult,
  deps: Pick<Deps, 'tracking' | 'redis'>,
  mustHold: () => Promise<void>,
): Promise<NonNullable<SearchResult['registered']>> {
  const { tracking } = deps;
  const { context, registeredModel: name } = search;
  const { metric, direction } = context.objective;
  const score = refit.testMetrics[metric] ?? null;
  const cut = describeCut(search);
  const tags: Record<string, string> = {
    [TAGS.searchId]: context.searchId,
    [TAGS.datasetDigest]: context.digest,
    [TAGS.testDigest]: refit.testDigest,
    [TAGS.objective]: metric,
    [TAGS.direction]: direction,
    [TAGS.testScore]: score === null ? 'NaN' : String(score),
    [TAGS.bestChild]: search.progress.best!.runId,
    [TAGS.parentRunId]: context.parentRunId,
    ...(cut !== undefined && { [TAGS.cut]: cut }),
    ...(context.source[TAGS.gitCommit] && { [TAGS.gitCommit]: context.source[TAGS.gitCommit] }),
  };

  await tracking.createRegisteredModel(name);
  const run = await tracking.getRun(refit.runId);
  const existing = (await tracking.searchModelVersions(`run_id = '${refit.runId}'`))
    .filter((version) => version.name === name)
    // A creation whose answer was lost may have left a second one: the one that serves counts, or else the first.
    .sort((a, b) => b.aliases.length - a.aliases.length || Number(a.version) - Number(b.version))[0];
  const logged = await tracking.logPackage(run, refit.artifact, {
    params: run.params,
    tags,
    modelType: 'text-classifier',
  });
  const create = async (): Promise<ModelVersion> => {
    const created = await tracking.createModelVersion({
      name,
      source: logged?.artifactUri ?? `${run.info.artifactUri}/${refit.artifact}`,
      runId: refit.runId,
      modelId: logged?.modelId,
      tags,
      description: `Winner of search ${context.searchId}${cut === undefined ? '' : `, ${cut}`}: test ${metric} ${score?.toFixed(4) ?? 'NaN'}`,
    });
    // Asked once it exists, and not before: whoever takes the search after the answer finds it.
    await mustHold().catch(async (lost: unknown) => {
      await withdraw(created, refit.runId, tracking);
      throw lost;
    });
    return created;
  };
  const version = existing ?? (await create());
  await tracking.waitUntilReady(name, version.version);

  await contend(deps, await tracking.getModelVersion(name, version.version));
  const now = await tracking.getModelVersion(name, version.version);
  const lineage = { [TAGS.registered]: `${name}/${version.version}`, [TAGS.refitRun]: refit.runId };
  for (const runId of [refit.runId, search.progress.best!.runId]) {
    await tracking.logBatch(runId, { tags: lineage });
  }
  return { name, version: version.version, aliases: now.aliases };
}

/** Deletes a version that came too late. One that is alone has been taken over with the search, and stays. */
async function withdraw(
  { name, version }: ModelVersion,
  runId: string,
  tracking: Deps['tracking'],
): Promise<void> {
  const versions = await tracking.searchModelVersions(`run_id = '${runId}'`);
  const own = versions.find((one) => one.name === name && one.version === version);
  const others = versions.filter((one) => one.name === name && one.version !== version);
  if (own !== undefined && own.aliases.length === 0 && others.length > 0)
    await tracking.deleteModelVersion(name, version);
}
