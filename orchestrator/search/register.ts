/** The refit model becomes the next version of the registered model: champion if it beats the champion, else challenger. */
import type { RefitResult, SearchPayload, SearchResult } from '../../queue/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { contend } from './champion.js';
import type { Deps } from './deps.js';

/**
 * Registers once per refit run, however often it is called, and leaves the way back: refit and winning child name the
 * version, as the version names them.
 */
export async function registerModel(
  search: SearchPayload,
  refit: RefitResult,
  deps: Pick<Deps, 'tracking' | 'redis'>,
): Promise<NonNullable<SearchResult['registered']>> {
  const { tracking } = deps;
  const { context, registeredModel: name } = search;
  const { metric, direction } = context.objective;
  const score = refit.testMetrics[metric] ?? null;
  const tags: Record<string, string> = {
    [TAGS.searchId]: context.searchId,
    [TAGS.datasetDigest]: context.digest,
    [TAGS.testDigest]: refit.testDigest,
    [TAGS.objective]: metric,
    [TAGS.direction]: direction,
    [TAGS.testScore]: score === null ? 'NaN' : String(score),
    [TAGS.bestChild]: search.progress.best!.runId,
    [TAGS.parentRunId]: context.parentRunId,
    ...(context.source[TAGS.gitCommit] && { [TAGS.gitCommit]: context.source[TAGS.gitCommit] }),
  };

  await tracking.createRegisteredModel(name);
  const run = await tracking.getRun(refit.runId);
  const existing = (await tracking.searchModelVersions(`run_id = '${refit.runId}'`)).find(
    (version) => version.name === name,
  );
  const version =
    existing ??
    (await tracking.createModelVersion({
      name,
      source: `${run.info.artifactUri}/${refit.artifact}`,
      runId: refit.runId,
      tags,
      description: `Winner of search ${context.searchId}: test ${metric} ${score?.toFixed(4) ?? 'NaN'}`,
    }));
  await tracking.waitUntilReady(name, version.version);

  await contend(deps, await tracking.getModelVersion(name, version.version));
  const now = await tracking.getModelVersion(name, version.version);
  const lineage = { [TAGS.registered]: `${name}/${version.version}`, [TAGS.refitRun]: refit.runId };
  for (const runId of [refit.runId, search.progress.best!.runId]) {
    await tracking.logBatch(runId, { tags: lineage });
  }
  return { name, version: version.version, aliases: now.aliases };
}
