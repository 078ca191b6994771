/** `show SEARCH`: winner, ranked children, folds. Needs tracking only. */
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Run, TrackingClient } from '../../tracking/client/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { homeDir } from '../app/home.js';
import { openTracking } from '../app/services.js';
import { EXIT } from './errors.js';
import { fixed, spread } from './render.js';
import {
  childrenTable,
  findSearch,
  foldsOf,
  foldsTable,
  rankedChildren,
  refitOf,
  searchRuns,
} from './report.js';

/** Without numbers, `--json` shows everything, and text 20 children and the folds of 3. */
export interface ShowOptions {
  readonly json: boolean;
  readonly folds?: number;
  readonly top?: number;
}

export async function show(search: string, options: ShowOptions): Promise<number> {
  const tracking = await openTracking(homeDir());
  try {
    const { client } = tracking;
    const parent = await findSearch(client, search);
    if (options.json) {
      await pipeline(Readable.from(document(client, parent, options)), process.stdout, { end: false });
    } else process.stdout.write(await text(client, parent, options));
    return EXIT.done;
  } finally {
    await tracking.close();
  }
}

async function text(
  client: TrackingClient,
  parent: Run,
  { top = 20, folds = 3 }: ShowOptions,
): Promise<string> {
  const { tags, metrics, params } = parent;
  const runs = await searchRuns(client, parent, { children: top, folds });
  const metric = tags[TAGS.objective] ?? 'score';
  const foldCount = Number(params.n_splits) * Number(params.n_repeats ?? 1);
  const lines = [
    `Search ${tags[TAGS.searchId]} · ${parent.info.status} · parent run ${parent.info.runId}`,
    `Scored by ${metric} (${tags[TAGS.direction]}) over ${foldCount || '?'} ${foldCount === 1 ? 'fold' : 'folds'}, dataset digest ${tags[TAGS.datasetDigest]}`,
  ];
  if (tags[TAGS.failure]) lines.push(`Failed: ${tags[TAGS.failure]}`);
  const best = tags[TAGS.bestChild];
  if (best !== undefined) {
    const winner = await client.getRun(best);
    lines.push(
      '',
      `Winner ${winner.info.runName}: ${metric} ${spread(metrics.best_cv_score, metrics.best_cv_std)}`,
      ...Object.entries(winner.params).map(([name, value]) => `  ${name} = ${value}`),
    );
  }
  const { refit } = runs;
  if (refit !== undefined) {
    const measured = Object.entries(refit.metrics).filter(([name]) => name.startsWith('test_'));
    lines.push(
      `Refit ${refit.info.runId}: ${measured.map(([name, value]) => `${name} ${fixed(value)}`).join(', ')}`,
    );
    if (tags[TAGS.registered])
      lines.push(`Registered as ${tags[TAGS.registered]?.replace('/', ' version ')}`);
  }
  lines.push('', childrenTable(runs, top), '', foldsTable(runs), '');
  return lines.join('\n');
}

const plainRun = ({ info, params, metrics, tags }: Run): Record<string, unknown> => ({
  runId: info.runId,
  runName: info.runName,
  status: info.status,
  startTime: info.startTime,
  endTime: info.endTime ?? null,
  params,
  metrics,
  ...(tags[TAGS.failure] !== undefined && { failure: tags[TAGS.failure] }),
});

/** Requests under way at a time. */
const AT_ONCE = 16;

/** The one document of `--json`, in pieces: of a large search it is larger than a string may be. */
async function* document(
  client: TrackingClient,
  parent: Run,
  { top = Number.POSITIVE_INFINITY, folds = Number.POSITIVE_INFINITY }: ShowOptions,
): AsyncGenerator<string> {
  const refit = await refitOf(client, parent);
  const head = JSON.stringify(
    {
      searchId: parent.tags[TAGS.searchId],
      experimentId: parent.info.experimentId,
      ...plainRun(parent),
      objective: { metric: parent.tags[TAGS.objective], direction: parent.tags[TAGS.direction] },
      winner: parent.tags[TAGS.bestChild] ?? null,
      refit: refit === undefined ? null : plainRun(refit),
      registered: parent.tags[TAGS.registered] ?? null,
    },
    null,
    2,
  );
  yield `${head.slice(0, -'\n}'.length)},\n  "children": [`;
  let written = 0;
  const piece = async (child: Run, i: number): Promise<string> => {
    const rank = written + i;
    const ofChild = rank < folds ? await foldsOf(client, parent, child.info.runId) : [];
    const text = JSON.stringify({ ...plainRun(child), folds: ofChild.map(plainRun) }, null, 2);
    return `${rank === 0 ? '' : ','}\n${text.replace(/^/gm, '    ')}`;
  };
  let batch: Run[] = [];
  for await (const child of rankedChildren(client, parent)) {
    if (written + batch.length === top) break;
    batch.push(child);
    if (batch.length < AT_ONCE) continue;
    yield* await Promise.all(batch.map(piece));
    written += batch.length;
    batch = [];
  }
  yield* await Promise.all(batch.map(piece));
  written += batch.length;
  yield `${written === 0 ? '' : '\n  '}]\n}\n`;
}
