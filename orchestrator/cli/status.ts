/** `status [SEARCH]`: what is under way, what has ended. */

import { readProgress } from '../../review/results/progress.js';
import { TAGS } from '../../tracking/client/index.js';
import { openServices } from '../app/services.js';
import { EXIT } from './errors.js';
import { duration, progressLine, table } from './render.js';
import { findSearch, parentRuns } from './report.js';

export async function status(search: string | undefined, { json }: { json: boolean }): Promise<number> {
  const services = await openServices();
  try {
    const { client } = services.tracking;
    const parents = search === undefined ? await parentRuns(client) : [await findSearch(client, search)];
    const rows = await Promise.all(
      parents.map(async ({ info, tags, metrics }) => {
        const searchId = tags[TAGS.searchId] ?? '';
        const progress = await readProgress(services.searches, searchId);
        return {
          searchId,
          parentRunId: info.runId,
          status: info.status,
          startTime: info.startTime,
          endTime: info.endTime ?? null,
          step: progress?.step ?? 'ended',
          trials: progress?.trials ?? { total: Number(tags[TAGS.trials]), settled: null },
          folds: progress?.folds ?? { total: Number(tags[TAGS.folds]), settled: null },
          best: metrics.best_cv_score ?? null,
          registered: tags[TAGS.registered] ?? null,
          failure: tags[TAGS.failure] ?? progress?.failure ?? null,
          progress,
        };
      }),
    );
    if (json) {
      const documents = rows.map(({ progress: _, ...row }) => row);
      process.stdout.write(`${JSON.stringify(search === undefined ? documents : documents[0], null, 2)}\n`);
      return EXIT.done;
    }
    if (rows.length === 0) {
      process.stdout.write('No searches yet: npx gridsearch run search-spaces/quickstart.yaml\n');
      return EXIT.done;
    }
    const lines = [
      table(
        ['search', 'status', 'step', 'folds', 'trials', 'best', 'took', 'registered'],
        rows.map((row) => [
          row.searchId,
          row.status,
          row.step,
          row.folds.settled === null ? row.folds.total : `${row.folds.settled}/${row.folds.total}`,
          row.trials.settled === null ? row.trials.total : `${row.trials.settled}/${row.trials.total}`,
          row.best === null ? '–' : row.best.toFixed(4),
          duration(((row.endTime ?? Date.now()) - row.startTime) / 1000),
          row.registered ?? '–',
        ]),
      ),
    ];
    const [only] = rows;
    if (search !== undefined && only?.progress !== undefined && only.step !== 'ended') {
      const seconds = (Date.now() - only.startTime) / 1000;
      lines.push(progressLine(only.progress, { folds: 0, seconds }));
    }
    if (search !== undefined && only?.failure) lines.push(`Reason: ${only.failure}`);
    process.stdout.write(`${lines.join('\n')}\n`);
    return EXIT.done;
  } finally {
    await services.close();
  }
}
