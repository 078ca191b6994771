/** `show SEARCH`: winner, ranked children, folds. Needs tracking only. */
import { TAGS } from '../../queue/index.js';
import type { Run } from '../../tracking/client/index.js';
import { EXIT } from './errors.js';
import { homeDir } from './home.js';
import { fixed, spread } from './render.js';
import { childrenTable, findSearch, foldsTable, type SearchRuns, searchRuns } from './report.js';
import { openTracking } from './services.js';

export interface ShowOptions {
  readonly json: boolean;
  readonly folds: number;
  readonly top: number;
}

export async function show(search: string, options: ShowOptions): Promise<number> {
  const tracking = await openTracking(homeDir());
  try {
    const runs = await searchRuns(tracking.client, await findSearch(tracking.client, search));
    process.stdout.write(options.json ? `${JSON.stringify(document(runs), null, 2)}\n` : text(runs, options));
    return EXIT.done;
  } finally {
    await tracking.close();
  }
}

function text(runs: SearchRuns, options: ShowOptions): string {
  const { parent, refit } = runs;
  const { tags, metrics } = parent;
  const metric = tags[TAGS.objective] ?? 'score';
  const lines = [
    `Search ${tags[TAGS.searchId]} · ${parent.info.status} · parent run ${parent.info.runId}`,
    `Scored by ${metric} (${tags[TAGS.direction]}) over ${parent.params.n_splits ?? '?'} folds, dataset digest ${tags[TAGS.datasetDigest]}`,
  ];
  if (tags[TAGS.failure]) lines.push(`Failed: ${tags[TAGS.failure]}`);
  const winner = runs.children.find((run) => run.info.runId === tags[TAGS.bestChild]);
  if (winner !== undefined) {
    lines.push(
      '',
      `Winner ${winner.info.runName}: ${metric} ${spread(metrics.best_cv_score, metrics.best_cv_std)}`,
      ...Object.entries(winner.params).map(([name, value]) => `  ${name} = ${value}`),
    );
  }
  if (refit !== undefined) {
    const measured = Object.entries(refit.metrics).filter(([name]) => name.startsWith('test_'));
    lines.push(
      `Refit ${refit.info.runId}: ${measured.map(([name, value]) => `${name} ${fixed(value)}`).join(', ')}`,
    );
    if (tags[TAGS.registered])
      lines.push(`Registered as ${tags[TAGS.registered]?.replace('/', ' version ')}`);
  }
  lines.push('', childrenTable(runs, options.top), '', foldsTable(runs, options.folds), '');
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

function document({ parent, children, folds, refit }: SearchRuns): Record<string, unknown> {
  return {
    searchId: parent.tags[TAGS.searchId],
    experimentId: parent.info.experimentId,
    ...plainRun(parent),
    objective: { metric: parent.tags[TAGS.objective], direction: parent.tags[TAGS.direction] },
    winner: parent.tags[TAGS.bestChild] ?? null,
    refit: refit === undefined ? null : plainRun(refit),
    registered: parent.tags[TAGS.registered] ?? null,
    children: children.map((child) => ({
      ...plainRun(child),
      folds: (folds.get(child.info.runId) ?? []).map(plainRun),
    })),
  };
}
