/**
 * Which version of a registered model serves. Every change happens under a lock of that model, as searches that end
 * together would else both beat the same champion, and the worse of them could come last. Each leaves its tag and
 * time on the versions concerned, before the alias moves: should the process die in between, the alias tells the truth.
 */
import type { Redis } from 'ioredis';
import { type Held, withLock } from '../../queue/index.js';
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';
import { TAGS } from '../../tracking/client/index.js';

export const CHAMPION = 'champion';
export const CHALLENGER = 'challenger';

export interface Registry {
  readonly tracking: TrackingClient;
  readonly redis: Redis;
}

const alone = <T>({ redis }: Registry, name: string, action: (held: Held) => Promise<T>): Promise<T> =>
  withLock(redis, `champion:${name}`, action);

/**
 * A new version becomes champion if there is none or it beats the one there is, else challenger.
 *
 * A version takes `champion` only by a better test score on the same test rows under the same objective; scores on
 * other rows say nothing about each other, so there it becomes `challenger`, for a person to decide.
 */
export function contend(registry: Registry, version: ModelVersion): Promise<void> {
  const { name } = version;
  return alone(registry, name, async (held) => {
    const champion = await registry.tracking.getVersionByAlias(name, CHAMPION);
    if (champion?.version === version.version) return;
    if (champion === undefined || beats(version.tags, champion.tags))
      await take(registry, version, champion, held);
    else {
      held();
      await registry.tracking.setAlias(name, CHALLENGER, version.version);
    }
  });
}

/** Makes a version the champion; returns the one it took the alias from, which may be itself. */
export function promoteVersion(registry: Registry, version: ModelVersion): Promise<ModelVersion | undefined> {
  return alone(registry, version.name, async (held) => {
    const champion = await registry.tracking.getVersionByAlias(version.name, CHAMPION);
    if (champion?.version !== version.version) await take(registry, version, champion, held);
    return champion;
  });
}

/** Undoes the last change of champion; undefined when the champion took the alias from nobody. */
export function restoreChampion(
  registry: Registry,
  name: string,
): Promise<{ restored: string; rolledBack: string } | undefined> {
  const { tracking } = registry;
  return alone(registry, name, async (held) => {
    const champion = await tracking.getVersionByAlias(name, CHAMPION);
    const previous = champion?.tags[TAGS.previousChampion];
    if (champion === undefined || previous === undefined) return undefined;
    const now = new Date().toISOString();
    held();
    await tracking.setModelVersionTag(name, previous, TAGS.restoredAt, now);
    await tracking.setModelVersionTag(name, champion.version, TAGS.rolledBackAt, now);
    held();
    await tracking.setAlias(name, CHAMPION, previous);
    // Last, so that an interrupted roll-back can be repeated.
    await tracking.deleteModelVersionTag(name, champion.version, TAGS.previousChampion);
    return { restored: previous, rolledBack: champion.version };
  });
}

async function take(
  { tracking }: Registry,
  { name, version }: ModelVersion,
  from: ModelVersion | undefined,
  held: Held,
): Promise<void> {
  const now = new Date().toISOString();
  held();
  await tracking.setModelVersionTag(name, version, TAGS.promotedAt, now);
  if (from !== undefined) {
    await tracking.setModelVersionTag(name, version, TAGS.previousChampion, from.version);
    await tracking.setModelVersionTag(name, from.version, TAGS.demotedAt, now);
  }
  held();
  await tracking.setAlias(name, CHAMPION, version);
  const challenger = await tracking.getVersionByAlias(name, CHALLENGER);
  if (challenger?.version === version) await tracking.deleteAlias(name, CHALLENGER);
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
