/** `models`: the registry for people: list, compare, promote, roll back. Every change leaves a tag and its time. */
import type { ModelVersion, TrackingClient } from '../../tracking/client/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { homeDir } from '../app/home.js';
import { openServices, openTracking } from '../app/services.js';
import { CHAMPION, promoteVersion, type Registry, restoreChampion } from '../search/champion.js';
import { EXIT, InputError } from './errors.js';
import { table } from './render.js';

interface Output {
  readonly json: boolean;
}

/** Splits `NAME`, `NAME@alias` and `NAME/version`. */
export function modelReference(text: string): { name: string; which: string } {
  const match = /^([^@/:]+)(?:[@/]([^@/]+))?$/.exec(text);
  if (match === null) throw new InputError(`"${text}" is no model; write NAME, NAME@alias or NAME/version`);
  return { name: match[1]!, which: match[2] ?? CHAMPION };
}

/** The version that a number or alias names. */
export async function findVersion(
  client: TrackingClient,
  name: string,
  which: string,
): Promise<ModelVersion> {
  const versions = await client.searchModelVersions(`name = '${name.replaceAll("'", "''")}'`);
  if (versions.length === 0) {
    const known = (await client.searchRegisteredModels()).map((model) => model.name);
    throw new InputError(
      `no registered model "${name}"; ${known.length === 0 ? 'none is registered yet' : `there are ${known.join(', ')}`}`,
    );
  }
  const found = /^\d+$/.test(which)
    ? versions.find((version) => version.version === which)
    : await client.getVersionByAlias(name, which);
  if (found === undefined) {
    const aliases = [...new Set(versions.flatMap((version) => version.aliases))];
    throw new InputError(
      `${name} has no version "${which}"; it has versions ${versions.map((v) => v.version).join(', ')}` +
        `${aliases.length > 0 ? ` and aliases ${aliases.join(', ')}` : ''}`,
    );
  }
  return client.getModelVersion(name, found.version);
}

async function withClient(action: (client: TrackingClient) => Promise<void>): Promise<number> {
  const tracking = await openTracking(homeDir());
  try {
    await action(tracking.client);
    return EXIT.done;
  } finally {
    await tracking.close();
  }
}

const print = (value: unknown): void => void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Every model, or the versions of one, newest first. */
export function list(name: string | undefined, { json }: Output): Promise<number> {
  return withClient(async (client) => {
    if (name !== undefined)
      await findVersion(client, name, '0').catch((error: unknown) => unlessVersion(error));
    const names =
      name === undefined ? (await client.searchRegisteredModels()).map((model) => model.name) : [name];
    const versions = (await Promise.all(names.map((model) => allVersions(client, model)))).flat();
    if (json) return print(versions.map(describe));
    if (versions.length === 0) return void process.stdout.write('No models registered yet.\n');
    process.stdout.write(
      `${table(
        ['model', 'version', 'aliases', 'objective', 'test score', 'created', 'search', 'refit run'],
        versions.map((version) => [
          version.name,
          version.version,
          version.aliases.join(' ') || '–',
          version.tags[TAGS.objective] ?? '–',
          Number(version.tags[TAGS.testScore] ?? Number.NaN).toFixed(4),
          new Date(version.creationTimestamp).toISOString().slice(0, 19).replace('T', ' '),
          version.tags[TAGS.searchId] ?? '–',
          version.runId ?? '–',
        ]),
      )}\n`,
    );
  });
}

/** "No version 0" means that the model is there, which is all that was asked. */
function unlessVersion(error: unknown): void {
  if (!(error instanceof InputError) || error.message.startsWith('no registered model')) throw error;
}

async function allVersions(client: TrackingClient, name: string): Promise<ModelVersion[]> {
  const versions = await client.searchModelVersions(`name = '${name.replaceAll("'", "''")}'`);
  const whole = await Promise.all(versions.map((version) => client.getModelVersion(name, version.version)));
  return whole.sort((a, b) => Number(b.version) - Number(a.version));
}

const describe = ({
  name,
  version,
  aliases,
  runId,
  source,
  tags,
  creationTimestamp,
  status,
}: ModelVersion) => ({
  name,
  version,
  aliases,
  status,
  created: creationTimestamp,
  refitRunId: runId ?? null,
  source,
  searchId: tags[TAGS.searchId] ?? null,
  childRunId: tags[TAGS.bestChild] ?? null,
  parentRunId: tags[TAGS.parentRunId] ?? null,
  objective: tags[TAGS.objective] ?? null,
  testScore: tags[TAGS.testScore] === undefined ? null : Number(tags[TAGS.testScore]),
  datasetDigest: tags[TAGS.datasetDigest] ?? null,
  tags,
});

/** Parameters and test metrics of two versions, side by side. */
export function compare(name: string, first: string, second: string, { json }: Output): Promise<number> {
  return withClient(async (client) => {
    const versions = [
      await findVersion(client, name, first),
      await findVersion(client, name, second),
    ] as const;
    const runs = await Promise.all(
      versions.map((version) => (version.runId ? client.getRun(version.runId) : undefined)),
    );
    const sameRows =
      versions[0].tags[TAGS.testDigest] !== undefined &&
      versions[0].tags[TAGS.testDigest] === versions[1].tags[TAGS.testDigest];
    const rows: { field: string; values: (string | undefined)[]; differs: boolean }[] = [];
    const add = (field: string, values: (string | undefined)[]): void =>
      void rows.push({ field, values, differs: values[0] !== values[1] });
    add(
      'aliases',
      versions.map((version) => version.aliases.join(' ') || '–'),
    );
    add(
      'search',
      versions.map((version) => version.tags[TAGS.searchId]),
    );
    add(
      'dataset digest',
      versions.map((version) => version.tags[TAGS.datasetDigest]),
    );
    const names = (part: 'params' | 'metrics'): string[] =>
      [...new Set(runs.flatMap((run) => Object.keys(run?.[part] ?? {})))].sort();
    for (const param of names('params'))
      add(
        param,
        runs.map((run) => run?.params[param]),
      );
    for (const metric of names('metrics').filter((key) => key.startsWith('test_'))) {
      add(
        metric,
        runs.map((run) => run?.metrics[metric]?.toFixed(4)),
      );
    }
    if (json) {
      return print({
        versions: versions.map(describe),
        sameTestRows: sameRows,
        differences: rows.filter((row) => row.differs).map(({ field, values }) => ({ field, values })),
      });
    }
    process.stdout.write(
      `${table(
        ['', ...versions.map((version) => `${name} ${version.version}`), ''],
        rows.map(({ field, values, differs }) => [field, ...values.map((v) => v ?? '–'), differs ? '≠' : '']),
      )}\n${sameRows ? 'Both were measured on the same test rows.' : 'Measured on different test rows: the scores are not comparable.'}\n`,
    );
  });
}

/** Makes a version the champion, and remembers whose place it took. */
export function promote(name: string, which: string, output: Output): Promise<number> {
  return withRegistry(async (registry) => {
    const version = await findVersion(registry.tracking, name, which);
    const champion = await promoteVersion(registry, version);
    if (champion?.version === version.version) {
      throw new InputError(`${name} version ${version.version} is the champion already`);
    }
    done(name, version.version, champion?.version, output);
  });
}

/** Undoes the last change of champion; called again, the one before it. */
export function rollback(name: string, output: Output): Promise<number> {
  return withRegistry(async (registry) => {
    const champion = await findVersion(registry.tracking, name, CHAMPION);
    const undone = await restoreChampion(registry, name);
    if (undone === undefined) {
      throw new InputError(`${name} version ${champion.version} took the alias from no other version`);
    }
    done(name, undone.restored, undone.rolledBack, output);
  });
}

/** Tracking, and the Redis in which a model is locked while its champion changes. */
async function withRegistry(action: (registry: Registry) => Promise<void>): Promise<number> {
  const services = await openServices();
  try {
    await action({ tracking: services.tracking.client, redis: services.redis });
    return EXIT.done;
  } finally {
    await services.close();
  }
}

function done(name: string, version: string, from: string | undefined, { json }: Output): void {
  if (json) {
    print({ name, champion: version, previous: from ?? null });
    return;
  }
  process.stdout.write(
    `${name} version ${version} is the champion now${from === undefined ? '' : `, after version ${from}`}.\n`,
  );
}
