/** The registry for people: naming a version, listing versions, setting two side by side, changing the champion. */
import { type ModelVersion, type Run, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { CHAMPION, promoteVersion, type Registry, restoreChampion } from '../search/index.js';
import { InputError } from './errors.js';

/** Splits `NAME`, `NAME@alias` and `NAME/version`. */
export function modelReference(text: string): { name: string; which: string } {
  const match = /^([^@/:]+)(?:[@/]([^@/]+))?$/.exec(text);
  if (match === null) throw new InputError(`"${text}" is no model; write NAME, NAME@alias or NAME/version`);
  return { name: match[1]!, which: match[2] ?? CHAMPION };
}

/**
 * The versions of a model, newest first, as the registry lists them.
 *
 * @throws InputError when there is no such model
 */
async function listed(client: TrackingClient, name: string): Promise<ModelVersion[]> {
  const found = await client.searchModelVersions(`name = '${name.replaceAll("'", "''")}'`);
  if (found.length === 0) {
    const known = (await client.searchRegisteredModels()).map((model) => model.name);
    if (known.includes(name)) return [];
    throw new InputError(
      `no registered model "${name}"; ${known.length === 0 ? 'none is registered yet' : `there are ${known.join(', ')}`}`,
    );
  }
  return found.sort((a, b) => Number(b.version) - Number(a.version));
}

/**
 * The versions of a model, newest first. Asked for one by one, as some servers leave aliases out of their lists.
 *
 * @throws InputError when there is no such model
 */
export async function versionsOf(client: TrackingClient, name: string): Promise<ModelVersion[]> {
  const found = await listed(client, name);
  return Promise.all(found.map(({ version }) => client.getModelVersion(name, version)));
}

/** The versions of every model. */
export async function allVersions(client: TrackingClient): Promise<ModelVersion[]> {
  const models = await client.searchRegisteredModels();
  return (await Promise.all(models.map(({ name }) => versionsOf(client, name)))).flat();
}

/**
 * The version that a number or alias names.
 *
 * @throws InputError when there is none
 */
export async function findVersion(
  client: TrackingClient,
  name: string,
  which: string,
): Promise<ModelVersion> {
  const versions = await listed(client, name);
  const found = /^\d+$/.test(which)
    ? versions.find(({ version }) => version === which)
    : await client.getVersionByAlias(name, which);
  if (found !== undefined) return client.getModelVersion(name, found.version);
  const aliases = [...new Set((await versionsOf(client, name)).flatMap((version) => version.aliases))];
  const has = versions.map(({ version }) => version).join(', ') || 'none';
  throw new InputError(
    `${name} has no version "${which}"; it has versions ${has}` +
      `${aliases.length > 0 ? ` and aliases ${aliases.join(', ')}` : ''}`,
  );
}

/** Two versions side by side. */
export interface Comparison {
  readonly versions: readonly [ModelVersion, ModelVersion];
  /** Whether both were measured on the same test rows: else their scores say nothing about each other. */
  readonly sameTestRows: boolean;
  readonly rows: readonly {
    readonly field: string;
    readonly values: readonly (string | undefined)[];
    readonly differs: boolean;
  }[];
}

/** Parameters and test metrics of two versions. */
export async function compareVersions(
  client: TrackingClient,
  name: string,
  first: string,
  second: string,
): Promise<Comparison> {
  const versions = [await findVersion(client, name, first), await findVersion(client, name, second)] as const;
  const runs = await Promise.all(
    versions.map((version) => (version.runId ? client.getRun(version.runId) : undefined)),
  );
  const keys = (part: 'params' | 'metrics'): string[] =>
    [...new Set(runs.flatMap((run) => Object.keys(run?.[part] ?? {})))].sort();
  const row = (field: string, values: (string | undefined)[]) => ({
    field,
    values,
    differs: values[0] !== values[1],
  });
  const ofVersions = (field: string, value: (version: ModelVersion) => string | undefined) =>
    row(field, versions.map(value));
  const ofRuns = (field: string, value: (run: Run) => string | undefined) =>
    row(
      field,
      runs.map((run) => run && value(run)),
    );
  const [a, b] = versions.map(({ tags }) => tags[TAGS.testDigest]);
  return {
    versions: [...versions],
    sameTestRows: a !== undefined && a === b,
    rows: [
      ofVersions('aliases', ({ aliases }) => aliases.join(' ') || '–'),
      ofVersions('search', ({ tags }) => tags[TAGS.searchId]),
      ofVersions('dataset digest', ({ tags }) => tags[TAGS.datasetDigest]),
      ...keys('params').map((name) => ofRuns(name, ({ params }) => params[name])),
      ...keys('metrics')
        .filter((name) => name.startsWith('test_'))
        .map((name) => ofRuns(name, ({ metrics }) => metrics[name]?.toFixed(4))),
    ],
  };
}

/** What happened to the alias `champion`. */
export interface ChampionChange {
  readonly champion: string;
  readonly previous: string | undefined;
}

/**
 * Makes a version the champion, and remembers whose place it took.
 *
 * @throws InputError when it is the champion already
 */
export async function promote(registry: Registry, name: string, which: string): Promise<ChampionChange> {
  const version = await findVersion(registry.tracking, name, which);
  const champion = await promoteVersion(registry, version);
  if (champion?.version === version.version) {
    throw new InputError(`${name} version ${version.version} is the champion already`);
  }
  return { champion: version.version, previous: champion?.version };
}

/**
 * Undoes the last change of champion; called again, the one before it.
 *
 * @throws InputError when there is nothing to undo
 */
export async function rollBack(registry: Registry, name: string): Promise<ChampionChange> {
  const champion = await findVersion(registry.tracking, name, CHAMPION);
  const undone = await restoreChampion(registry, name);
  if (undone === undefined) {
    throw new InputError(`${name} version ${champion.version} took the alias from no other version`);
  }
  return { champion: undone.restored, previous: undone.rolledBack };
}
