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
    held();
    await registry.tracking.setModelVersionTag(
      name,
      version.version,
      TAGS.verdict,
      verdictOf(version, champion),
    );
    if (champion === undefined || beats(version.tags, champion.tags))
      await take(registry, version, champion, held);
    else {
      held();
      await registry.tracking.setAlias(name, CHALLENGER, version.version);
    }
  });
}

/** The champion is another than whoever asked for a change had seen. */
export class ChampionChangedError extends Error {
  override readonly name = 'ChampionChangedError';
}

/** @param seen - Version that the champion is thought to be, null for none; undefined asks for nothing. */
function expectChampion(
  name: string,
  champion: ModelVersion | undefined,
  seen: string | null | undefined,
): void {
  const now = champion?.version ?? null;
  if (seen === undefined || seen === now) return;
  const is = now === null ? 'no version' : `version ${now}`;
  throw new ChampionChangedError(`the champion of ${name} is ${is} by now; look again before you change it`);
}

/** Makes a version the champion; returns the one it took the alias from, which may be itself. */
export function promoteVersion(
  registry: Registry,
  version: ModelVersion,
  seen?: string | null,
): Promise<ModelVersion | undefined> {
  return alone(registry, version.name, async (held) => {
    const champion = await registry.tracking.getVersionByAlias(version.name, CHAMPION);
    expectChampion(version.name, champion, seen);
    if (champion?.version !== version.version) {
      await take(registry, version, champion, held);
      await registry.tracking.setModelVersionTag(
        version.name,
        version.version,
        TAGS.verdict,
        'promoted by hand',
      );
    }
    return champion;
  });
}

/**
 * Undoes the last change of champion. The version that loses the alias is the challenger again, unless a later one is by now.
 *
 * @returns undefined when the champion took the alias from nobody
 */
export function restoreChampion(
  registry: Registry,
  name: string,
  seen?: string | null,
): Promise<{ restored: string; rolledBack: string } | undefined> {
  const { tracking } = registry;
  return alone(registry, name, async (held) => {
    const champion = await tracking.getVersionByAlias(name, CHAMPION);
    expectChampion(name, champion, seen);
    const previous = champion?.tags[TAGS.previousChampion];
    if (champion === undefined || previous === undefined) return undefined;
    const now = new Date().toISOString();
    held();
    await tracking.setModelVersionTag(name, previous, TAGS.restoredAt, now);
    await tracking.setModelVersionTag(name, champion.version, TAGS.rolledBackAt, now);
    await tracking.setModelVersionTag(name, champion.version, TAGS.verdict, 'rolled back by hand');
    held();
    // Before the champion moves, so that an interrupted roll-back can be repeated.
    if ((await tracking.getVersionByAlias(name, CHALLENGER)) === undefined) {
      await tracking.setAlias(name, CHALLENGER, champion.version);
    }
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

type VersionTags = Readonly<Record<string, string>>;

/** What must be equal for two scores to be comparable, and what to say where it is not. */
const SAME = {
  [TAGS.datasetDigest]: 'other data',
  [TAGS.testDigest]: 'other test rows',
  [TAGS.objective]: 'another objective',
} as const;

/** Why two versions can't be held against each other; undefined when they can. */
const incomparable = (a: VersionTags, b: VersionTags): string | undefined =>
  Object.entries(SAME).find(([tag]) => a[tag] === undefined || a[tag] !== b[tag])?.[1];

/** Whether the candidate's tags tell of a strictly better score than the champion's on the same test rows. */
export function beats(candidate: VersionTags, champion: VersionTags): boolean {
  if (incomparable(candidate, champion) !== undefined) return false;
  const [a, b] = scoresOf(candidate, champion);
  return candidate[TAGS.direction] === 'minimize' ? a < b : a > b;
}

const scoresOf = (a: VersionTags, b: VersionTags): [number, number] => [
  Number(a[TAGS.testScore]),
  Number(b[TAGS.testScore]),
];

/** Why a version became champion or challenger, with the numbers. */
export function verdictOf(
  { tags }: Pick<ModelVersion, 'tags'>,
  champion: Pick<ModelVersion, 'tags' | 'version'> | undefined,
): string {
  if (champion === undefined) return 'the first version';
  const other = `version ${champion.version}`;
  const reason = incomparable(tags, champion.tags);
  if (reason !== undefined) return `${reason} than ${other}: not comparable`;
  const [a, b] = scoresOf(tags, champion.tags);
  const [shownA, shownB] = apart(a, b);
  const sign = a < b ? '<' : a > b ? '>' : a === b ? '=' : 'against';
  const lower = tags[TAGS.direction] === 'minimize' ? ' (less is better)' : '';
  return `${tags[TAGS.objective]} ${shownA} ${sign} ${shownB} of ${other}${lower}`;
}

/** Two numbers with four decimals, or as many as it takes to tell them apart. */
function apart(a: number, b: number): [string, string] {
  for (let digits = 4; digits < 16; digits++) {
    const [x, y] = [a.toFixed(digits), b.toFixed(digits)];
    if (x !== y || Object.is(a, b)) return [x, y];
  }
  return [String(a), String(b)];
}
