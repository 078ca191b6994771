/** The registry for people: naming a version, listing versions, setting two side by side, changing the champion. */
import type { ParameterValue } from '../../queue/index.js';
import {
  findTestRows,
  type Judged,
  type JudgedTwice,
  judgedTwice,
  paramValue,
} from '../../review/results/index.js';
import {
  filterText,
  type ModelVersion,
  type Run,
  TAGS,
  type TrackingClient,
} from '../../tracking/client/index.js';
import { CHAMPION, promoteVersion, type Registry, restoreChampion } from '../search/index.js';

import { modelNameTrouble, showValue } from '../space/index.js';
import { InputError } from './errors.js';

export { ChampionChangedError } from '../search/index.js';

/**
 * A name as a person gave it: the rule is that of a search space's `registered_model`.
 *
 * @throws InputError when no registered model can be called so
 */
export function modelName(name: string): string {
  const trouble = modelNameTrouble(name);
  if (trouble)
    throw new InputError(`${showValue(name)} is no model's name: it ${trouble.what}; ${trouble.remedy}`);
  return name;
}

/** A version as a person names it: by its number, or by an alias. */
export interface ModelReference {
  readonly name: string;
  readonly which: string;
}

/** Splits `NAME`, `NAME@alias` and `NAME/version`. */
export function modelReference(text: string): ModelReference {
  const match = /^([^@/:]+)(?:[@/]([^@/]+))?$/.exec(text);
  if (match === null)
    throw new InputError(`${showValue(text)} is no model; write NAME, NAME@alias or NAME/version`);
  return { name: modelName(match[1]!), which: match[2] ?? CHAMPION };
}

/**
 * The versions of a model, newest first, as the registry lists them.
 *
 * @throws InputError when there is no such model
 */
async function listed(client: TrackingClient, name: string): Promise<ModelVersion[]> {
  const found = await client.searchModelVersions(`name = ${filterText(name)}`);
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
  /** Row by row over the test rows that both have, or why that can't be: a sentence. */
  readonly testRows: JudgedTwice | { readonly missing: string };
  readonly rows: readonly {
    readonly field: string;
    readonly values: readonly (ParameterValue | undefined)[];
    readonly differs: boolean;
  }[];
}

/** Parameters, test metrics and test rows of two versions, of one model or of two. */
export async function compareVersions(
  client: TrackingClient,
  first: ModelReference,
  second: ModelReference,
): Promise<Comparison> {
  const versions = [
    await findVersion(client, first.name, first.which),
    await findVersion(client, second.name, second.which),
  ] as const;
  const runs = await Promise.all(
    versions.map((version) => (version.runId ? client.getRun(version.runId) : undefined)),
  );
  const keys = (part: 'params' | 'metrics'): string[] =>
    [...new Set(runs.flatMap((run) => Object.keys(run?.[part] ?? {})))].sort();
  const row = (field: string, values: (ParameterValue | undefined)[]) => ({
    field,
    values,
    differs: values[0] !== values[1],
  });
  const ofVersions = (field: string, value: (version: ModelVersion) => string | undefined) =>
    row(field, versions.map(value));
  const ofRuns = (field: string, value: (run: Run) => ParameterValue | undefined) =>
    row(
      field,
      runs.map((run) => run && value(run)),
    );
  const [a, b] = versions.map(({ tags }) => tags[TAGS.testDigest]);
  return {
    versions: [...versions],
    sameTestRows: a !== undefined && a === b,
    testRows: await commonRows(client, versions, runs),
    rows: [
      ofVersions('aliases', ({ aliases }) => aliases.join(' ') || '–'),
      ofVersions('search', ({ tags }) => tags[TAGS.searchId]),
      ofVersions('dataset digest', ({ tags }) => tags[TAGS.datasetDigest]),
      ...keys('params').map((name) =>
        ofRuns(name, ({ params }) => (params[name] === undefined ? undefined : paramValue(params[name]))),
      ),
      ...keys('metrics')
        .filter((name) => name.startsWith('test_'))
        .map((name) => ofRuns(name, ({ metrics }) => metrics[name])),
    ],
  };
}

/** What two versions said of the test rows that both have, or why that is not known. */
async function commonRows(
  client: TrackingClient,
  versions: Comparison['versions'],
  runs: readonly (Run | undefined)[],
): Promise<Comparison['testRows']> {
  const found = await Promise.all(
    runs.map((run) => (run ? findTestRows(client, run) : { missing: 'names no run that would keep them' })),
  );
  const judged: Judged[] = [];
  for (const [i, rows] of found.entries()) {
    if ('missing' in rows) {
      const { name, version } = versions[i]!;
      return { missing: `Row by row they can’t be compared: ${name} version ${version} ${rows.missing}.` };
    }
    judged.push(rows);
  }
  return (
    judgedTwice(judged[0]!, judged[1]!) ?? {
      missing: 'Row by row they can’t be compared: they have no test rows in common.',
    }
  );
}

/** What happened to the alias `champion`. */
export interface ChampionChange {
  readonly champion: string;
  readonly previous: string | undefined;
}

/**
 * Makes a version the champion, and remembers whose place it took.
 *
 * @param seen - Who is thought to be the champion; whoever decides by a page may have looked a while ago.
 * @throws ChampionChangedError when it is another by now
 * @throws InputError when it is the champion already
 */
export async function promote(
  registry: Registry,
  name: string,
  which: string,
  seen?: string | null,
): Promise<ChampionChange> {
  const version = await findVersion(registry.tracking, name, which);
  const champion = await promoteVersion(registry, version, seen);
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
export async function rollBack(
  registry: Registry,
  name: string,
  seen?: string | null,
): Promise<ChampionChange> {
  const champion = await findVersion(registry.tracking, name, CHAMPION);
  const undone = await restoreChampion(registry, name, seen);
  if (undone === undefined) {
    throw new InputError(`${name} version ${champion.version} took the alias from no other version`);
  }
  return { champion: undone.restored, previous: undone.rolledBack };
}
