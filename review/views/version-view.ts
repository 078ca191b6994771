/** One version of a model: where it came from, how it fares on its test rows, and beside another. */
import { type ModelVersion, type Run, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import type { LineageStep, VersionView } from '../page/api.js';
import { judgedTwice, paramValue, readTestRows } from '../results/index.js';
import { runPage, shortId, step } from './lineage.js';
import { numberOrNull } from './numbers.js';
import { judgedOf } from './run-view.js';

/** Rows that are named. */
const MOST_ROWS = 100;

/**
 * @param versions - All of the model.
 * @param asked - Version to hold it against; without one the champion, and for the champion the newest on the same rows.
 */
export async function versionView(
  client: TrackingClient,
  version: ModelVersion,
  versions: readonly ModelVersion[],
  asked: string | undefined,
): Promise<VersionView> {
  const { name, tags, runId } = version;
  const digest = tags[TAGS.testDigest];
  const same = versions.filter(
    (one) =>
      one.version === version.version || (digest !== undefined && one.tags[TAGS.testDigest] === digest),
  );
  const runs = new Map(
    await Promise.all(same.map(async (one) => [one.version, await runOf(client, one)] as const)),
  );
  const others = same.filter((one) => one.version !== version.version);
  const other =
    others.find((one) => one.version === asked) ??
    others.find(({ aliases }) => aliases.includes('champion')) ??
    others.find(({ aliases }) => aliases.includes('challenger')) ??
    others[0];
  const rowsOf = async (one: ModelVersion | undefined) => {
    const run = one && runs.get(one.version);
    return run && readTestRows(client, run);
  };
  const [own, theirs] = await Promise.all([rowsOf(version), rowsOf(other)]);
  const both = own && theirs && judgedTwice(own, theirs);
  const run = runs.get(version.version);
  return {
    name,
    version: version.version,
    aliases: version.aliases,
    verdict: tags[TAGS.verdict] ?? null,
    metric: tags[TAGS.objective] ?? null,
    created: version.creationTimestamp,
    lineage: lineageOf(version, runId),
    params: Object.fromEntries(
      Object.entries(run?.params ?? {}).map(([key, text]) => [key, paramValue(text)]),
    ),
    history: versions.flatMap(eventsOf).sort((a, b) => (a.at < b.at ? 1 : -1)),
    sameRows: same.map((one) => ({
      version: one.version,
      aliases: one.aliases,
      metrics: testMetrics(runs.get(one.version)),
    })),
    aliased: versions
      .filter(({ aliases }) => aliases.length > 0)
      .map((one) => ({ version: one.version, aliases: one.aliases })),
    otherRows: versions.filter((one) => !same.includes(one)).map((one) => one.version),
    judged: judgedOf(own),
    against: !both
      ? null
      : {
          version: other!.version,
          rows: both.rows,
          bothRight: both.bothRight,
          onlyThis: both.onlyFirst,
          onlyOther: both.onlySecond,
          p: both.p,
          differing: both.differing.slice(0, MOST_ROWS),
          differingInAll: both.differing.length,
        },
  };
}

async function runOf(client: TrackingClient, { runId }: ModelVersion): Promise<Run | undefined> {
  if (!runId) return undefined;
  // A run may have been purged since.
  return client.getRun(runId).catch(() => undefined);
}

const testMetrics = (run: Run | undefined): Record<string, number | null> =>
  Object.fromEntries(
    Object.entries(run?.metrics ?? {})
      .filter(([name]) => name.startsWith('test_'))
      .map(([name, value]) => [name.slice('test_'.length), numberOrNull(value)]),
  );

function lineageOf({ name, version, aliases, tags }: ModelVersion, runId: string | undefined): LineageStep[] {
  const searchId = tags[TAGS.searchId];
  const winner = tags[TAGS.bestChild];
  return [
    ...(searchId === undefined
      ? []
      : [step('search', searchId, `/searches/${encodeURIComponent(searchId)}`)]),
    ...(winner === undefined ? [] : [step('winner', shortId(winner), runPage(winner))]),
    ...(runId === undefined ? [] : [step('refit', shortId(runId), runPage(runId))]),
    step('version', `${name} v${version}`, null),
    ...aliases.map((alias) => step('alias', alias, null)),
  ];
}

const EVENTS: readonly (readonly [string, string])[] = [
  [TAGS.promotedAt, 'became champion'],
  [TAGS.demotedAt, 'was champion no longer'],
  [TAGS.rolledBackAt, 'was rolled back'],
  [TAGS.restoredAt, 'became champion again'],
];

const eventsOf = ({ version, tags }: ModelVersion): VersionView['history'] =>
  EVENTS.flatMap(([tag, what]) => (tags[tag] === undefined ? [] : [{ at: tags[tag], version, what }]));
