/** The refit model becomes the next version of the registered model: champion if it beats the champion, else challenger. */
import { type RefitResult, type SearchPayload, type SearchResult, TAGS } from '../../queue/index.js';
import type { Deps } from './orchestrator.js';

export const CHAMPION = 'champion';
export const CHALLENGER = 'challenger';

/** What a change of champion leaves on the versions concerned: ISO times, and the version that had the alias before. */
export const PROMOTED_AT = 'gridsearch.promoted_at';
export const DEMOTED_AT = 'gridsearch.demoted_at';
export const PREVIOUS_CHAMPION = 'gridsearch.previous_champion';

/** Moves the champion alias. Tags first: should the process die in between, the alias still tells the truth. */
export async function moveChampion(
  tracking: Deps['tracking'],
  name: string,
  version: string,
  from: string | undefined,
): Promise<void> {
  const now = new Date().toISOString();
  await tracking.setModelVersionTag(name, version, PROMOTED_AT, now);
  if (from !== undefined) {
    await tracking.setModelVersionTag(name, version, PREVIOUS_CHAMPION, from);
    await tracking.setModelVersionTag(name, from, DEMOTED_AT, now);
  }
  await tracking.setAlias(name, CHAMPION, version);
}

/**
 * Registers once per refit run, however often it is called.
 *
 * A new version takes `champion` only by a better test score on the same test rows under the same objective; scores
 * on other rows say nothing about each other, so there it becomes `challenger`, for a person to decide.
 */
export async function registerModel(
  search: SearchPayload,
  refit: RefitResult,
  { tracking }: Pick<Deps, 'tracking'>,
): Promise<NonNullable<SearchResult['registered']>> {
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
    'mlflow.parentRunId': context.parentRunId,
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

  const champion = await tracking.getVersionByAlias(name, CHAMPION);
  if (champion === undefined || beats(tags, champion.tags)) {
    await moveChampion(tracking, name, version.version, champion?.version);
  } else if (champion.version !== version.version) {
    await tracking.setAlias(name, CHALLENGER, version.version);
  }
  const now = await tracking.getModelVersion(name, version.version);
  return { name, version: version.version, aliases: now.aliases };
}

/** Whether the candidate's tags tell of a strictly better score than the champion's on the same test rows. */
export function beats(
  candidate: Readonly<Record<string, string>>,
  champion: Readonly<Record<string, string>>,
): boolean {
  const comparable = [TAGS.testDigest, TAGS.datasetDigest, TAGS.objective].every(
    (tag) => candidate[tag] !== undefined && candidate[tag] === champion[tag],
  );
  if (!comparable) return false;
  const [a, b] = [Number(candidate[TAGS.testScore]), Number(champion[TAGS.testScore])];
  return candidate[TAGS.direction] === 'minimize' ? a < b : a > b;
}
