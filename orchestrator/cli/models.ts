/** `models`: the registry for people: list, compare, promote, roll back. Every change leaves a tag and its time. */
import type { Command } from 'commander';
import leven from 'leven';
import { allVersions, type JudgedTwice } from '../../review/results/index.js';
import {
  type ChampionChange,
  type Comparison,
  compareVersions,
  InputError,
  type ModelReference,
  type ModelVersion,
  modelName,
  modelReference,
  promote,
  rollBack,
  type Services,
  TAGS,
  versionsOf,
} from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { terminalWidth, wrapped } from './fit.js';
import { print, printDocument } from './output.js';
import { fixed, plain, table } from './render.js';
import { cutText, tableWithTexts } from './text-column.js';
import { withServices, withTracking } from './with-services.js';

interface Output {
  readonly json: boolean;
}

/** Every model, or the versions of one, newest first. */
export function listModelsCommand(
  name: string | undefined,
  { json }: Output,
  command: Command,
): Promise<number> {
  refuseFurther(command);
  if (name !== undefined) modelName(name);
  return withTracking(async ({ client }) => {
    const versions = await (name === undefined ? allVersions(client) : versionsOf(client, name));
    if (json) return printDocument('models', versions.map(documentOf));
    if (versions.length === 0) return print('No models registered yet.');
    print(
      table(
        ['model', 'version', 'aliases', 'objective', 'test score', 'why', 'created', 'search'],
        versions.map((version) => [
          version.name,
          version.version,
          version.aliases.join(' ') || '–',
          version.tags[TAGS.objective] ?? '–',
          fixed(scoreOf(version.tags)),
          version.tags[TAGS.verdict] ?? '–',
          new Date(version.creationTimestamp).toISOString().slice(0, 19).replace('T', ' '),
          version.tags[TAGS.searchId] ?? '–',
        ]),
      ),
    );
  });
}

/** `models roll back NAME` reads as `models list roll` with two words too many: say what was meant. */
function refuseFurther({ args, parent }: Command): void {
  if (args.length < 2) return;
  const known = parent!.commands.map((one) => one.name());
  const [first = '', second = ''] = args;
  const meant = known.find((name) => [first, first + second].some((word) => leven(word, name) <= 2));
  throw new InputError(
    `models has no command "${args.slice(0, -1).join(' ')}"; ${meant ? `did you mean ${meant}? It` : 'it'} has ${known.join(', ')}`,
  );
}

const scoreOf = (tags: ModelVersion['tags']): number | null => {
  const score = Number(tags[TAGS.testScore] ?? Number.NaN);
  return Number.isNaN(score) ? null : score;
};

const documentOf = ({
  name,
  version,
  aliases,
  runId,
  source,
  tags,
  creationTimestamp,
  status,
}: ModelVersion): DocumentOf<'models'>[number] => ({
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
  testScore: scoreOf(tags),
  verdict: tags[TAGS.verdict] ?? null,
  datasetDigest: tags[TAGS.datasetDigest] ?? null,
  tags,
});

/**
 * Parameters, test metrics and test rows of two versions, side by side.
 *
 * @param given - A name and two versions of it, or two versions by their full names.
 */
export function compareModelsCommand(given: readonly string[], { json }: Output): Promise<number> {
  const [first, second] = pairOf(given);
  return withTracking(async ({ client }) => {
    const { versions, sameTestRows, rows, testRows } = await compareVersions(client, first, second);
    if (json) {
      return printDocument('models-compare', {
        versions: versions.map(documentOf),
        sameTestRows,
        differences: rows
          .filter((row) => row.differs)
          .map(({ field, values }) => ({
            field,
            values: values.map((value) => value ?? null),
          })),
        ...rowsDocument(testRows),
      });
    }
    print(
      table(
        ['', ...versions.map(({ name, version }) => `${name} ${version}`), ''],
        rows.map(({ field, values, differs }) => [
          field,
          ...values.map((value) => shown(field, value)),
          differs ? '≠' : '',
        ]),
      ),
      sameTestRows
        ? 'Both were measured on the same test rows.'
        : 'Measured on different test rows: the scores are not comparable.',
      ...('missing' in testRows
        ? wrapped(plain(testRows.missing), terminalWidth())
        : rowLines(testRows, shortNames(versions), terminalWidth())),
    );
  });
}

function pairOf(given: readonly string[]): [ModelReference, ModelReference] {
  if (given.length === 3) {
    const name = modelName(given[0]!);
    return [
      { name, which: given[1]! },
      { name, which: given[2]! },
    ];
  }
  const bare = given.find((one) => !/[@/]/.test(one));
  if (bare !== undefined) {
    throw new InputError(
      `"${bare}" names no version; write NAME and two versions, or twice NAME/version or NAME@alias`,
    );
  }
  return given.map(modelReference) as [ModelReference, ModelReference];
}

/** Versions of one model are told by their numbers. */
function shortNames([a, b]: readonly [ModelVersion, ModelVersion]): [string, string] {
  return a.name === b.name
    ? [`version ${a.version}`, `version ${b.version}`]
    : [`${a.name}/${a.version}`, `${b.name}/${b.version}`];
}

function rowsDocument(
  testRows: Comparison['testRows'],
): Pick<DocumentOf<'models-compare'>, 'testRows' | 'testRowsMissing'> {
  if ('missing' in testRows) return { testRows: null, testRowsMissing: testRows.missing };
  return {
    testRows: {
      ...testRows,
      agree: testRows.rows - testRows.differing.length,
      differing: testRows.differing.map(
        ({ row, text, label, predicted, probability, other, otherProbability }) => ({
          row,
          text,
          label,
          said: [predicted, other],
          probabilities: [probability, otherProbability],
          right: [predicted === label, other === label],
        }),
      ),
    },
    testRowsMissing: null,
  };
}

/** Rows that are shown to people. */
const MOST_ROWS = 20;

/** On which rows two versions differ, and who is right. */
function rowLines(
  { rows, bothRight, onlyFirst, onlySecond, p, differing }: JudgedTwice,
  [first, second]: readonly [string, string],
  width: number | undefined,
): string[] {
  const how = `McNemar’s exact test, p = ${p < 0.001 ? '< 0.001' : p.toFixed(3)}`;
  const summary = `They agree on ${rows - differing.length} of ${rows} common test rows: only ${first} is right on ${onlyFirst}, only ${second} on ${onlySecond}, both on ${bothRight} (${how}).`;
  const lines = wrapped(plain(summary), width);
  if (differing.length === 0) return lines;
  const some = differing.slice(0, MOST_ROWS);
  const further = differing.length - some.length;
  const said = (label: string, probability: number | null): string => `${label} ${fixed(probability)}`;
  const right = ({ label, predicted, other }: (typeof some)[number]): string =>
    predicted === label ? first : other === label ? second : 'neither';
  return [
    ...lines,
    '',
    tableWithTexts(
      [
        { head: 'row', cells: some.map(({ row }) => row) },
        { head: 'label', cells: some.map(({ label }) => label) },
        { head: first, cells: some.map((one) => said(one.predicted, one.probability)) },
        { head: second, cells: some.map((one) => said(one.other, one.otherProbability)) },
        { head: 'right', cells: some.map(right) },
      ],
      some.map(({ text }) => text ?? ''),
      width,
    ) ??
      some
        .map((one) =>
          [
            `${one.row}: ${plain(cutText(one.text ?? '', (width ?? 80) - 10))}`,
            `    label: ${plain(one.label)}; right: ${plain(right(one))}`,
            `    ${plain(first)}: ${plain(said(one.predicted, one.probability))}`,
            `    ${plain(second)}: ${plain(said(one.other, one.otherProbability))}`,
          ].join('\n'),
        )
        .join('\n'),
    ...(further > 0 ? [`… and ${further} more; --json has all`] : []),
  ];
}

/** Metrics are cut for people; parameters are shown as they are. */
const shown = (field: string, value: unknown): unknown =>
  typeof value === 'number' && field.startsWith('test_') ? fixed(value) : (value ?? '–');

/** Makes a version the champion, and remembers whose place it took. */
export function promoteCommand(name: string, which: string, output: Output): Promise<number> {
  modelName(name);
  return withServices(async (services) =>
    changed(name, await promote(registryOf(services), name, which), output),
  );
}

/** Undoes the last change of champion; called again, the one before it. */
export function rollBackCommand(name: string, output: Output): Promise<number> {
  modelName(name);
  return withServices(async (services) => changed(name, await rollBack(registryOf(services), name), output));
}

/** Tracking, and the Redis in which a model is locked while its champion changes. */
const registryOf = ({ tracking, redis }: Services) => ({ tracking: tracking.client, redis });

function changed(name: string, { champion, previous }: ChampionChange, { json }: Output): void {
  const after = previous === undefined ? '' : `, after version ${previous}`;
  if (json) printDocument('models-champion', { name, champion, previous: previous ?? null });
  else print(`${name} version ${champion} is the champion now${after}.`);
}
