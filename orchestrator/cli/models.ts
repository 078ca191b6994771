/** `models`: the registry for people: list, compare, promote, roll back. Every change leaves a tag and its time. */
import {
  allVersions,
  type ChampionChange,
  compareVersions,
  type ModelVersion,
  promote,
  rollBack,
  type Services,
  TAGS,
  versionsOf,
} from '../app/index.js';
import { print, printJson } from './output.js';
import { table } from './render.js';
import { withServices, withTracking } from './with-services.js';

interface Output {
  readonly json: boolean;
}

/** Every model, or the versions of one, newest first. */
export function listModelsCommand(name: string | undefined, { json }: Output): Promise<number> {
  return withTracking(async ({ client }) => {
    const versions = await (name === undefined ? allVersions(client) : versionsOf(client, name));
    if (json) return printJson(versions.map(documentOf));
    if (versions.length === 0) return print('No models registered yet.');
    print(
      table(
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
      ),
    );
  });
}

const documentOf = ({
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
export function compareModelsCommand(
  name: string,
  first: string,
  second: string,
  { json }: Output,
): Promise<number> {
  return withTracking(async ({ client }) => {
    const { versions, sameTestRows, rows } = await compareVersions(client, name, first, second);
    if (json) {
      return printJson({
        versions: versions.map(documentOf),
        sameTestRows,
        differences: rows.filter((row) => row.differs).map(({ field, values }) => ({ field, values })),
      });
    }
    print(
      table(
        ['', ...versions.map((version) => `${name} ${version.version}`), ''],
        rows.map(({ field, values, differs }) => [field, ...values.map((v) => v ?? '–'), differs ? '≠' : '']),
      ),
      sameTestRows
        ? 'Both were measured on the same test rows.'
        : 'Measured on different test rows: the scores are not comparable.',
    );
  });
}

/** Makes a version the champion, and remembers whose place it took. */
export const promoteCommand = (name: string, which: string, output: Output): Promise<number> =>
  withServices(async (services) => changed(name, await promote(registryOf(services), name, which), output));

/** Undoes the last change of champion; called again, the one before it. */
export const rollBackCommand = (name: string, output: Output): Promise<number> =>
  withServices(async (services) => changed(name, await rollBack(registryOf(services), name), output));

/** Tracking, and the Redis in which a model is locked while its champion changes. */
const registryOf = ({ tracking, redis }: Services) => ({ tracking: tracking.client, redis });

function changed(name: string, { champion, previous }: ChampionChange, { json }: Output): void {
  const after = previous === undefined ? '' : `, after version ${previous}`;
  if (json) printJson({ name, champion, previous: previous ?? null });
  else print(`${name} version ${champion} is the champion now${after}.`);
}
