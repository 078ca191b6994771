/** `status [SEARCH]`: what is under way, what has ended. */
import { findSearch, listSearches, readStatus, type SearchStatus } from '../../review/results/index.js';
import { print, printJson } from './output.js';
import { duration, fixed, progressLine, table } from './render.js';
import { withServices } from './with-services.js';

export function statusCommand(search: string | undefined, { json }: { json: boolean }): Promise<number> {
  return withServices(async ({ tracking, searches }) => {
    const { client } = tracking;
    const found = search === undefined ? await listSearches(client) : [await findSearch(client, search)];
    const rows = await Promise.all(found.map((one) => readStatus(searches, one)));
    if (json) {
      const documents = rows.map(({ progress: _, ...row }) => row);
      return printJson(search === undefined ? documents : documents[0]);
    }
    if (rows.length === 0) return print('No searches yet: npx gridsearch run search-spaces/quickstart.yaml');
    print(statusTable(rows), ...(search === undefined ? [] : closerLook(rows[0]!)));
  });
}

const statusTable = (rows: readonly SearchStatus[]): string =>
  table(
    ['search', 'status', 'step', 'folds', 'trials', 'best', 'took', 'registered'],
    rows.map((row) => [
      row.searchId,
      row.status,
      row.step,
      row.folds.settled === null ? row.folds.total : `${row.folds.settled}/${row.folds.total}`,
      row.trials.settled === null ? row.trials.total : `${row.trials.settled}/${row.trials.total}`,
      fixed(row.best),
      duration(((row.endTime ?? Date.now()) - row.startTime) / 1000),
      row.registered ?? '–',
    ]),
  );

/** What there is to say of one search beside its row. */
function closerLook({ progress, step, startTime, failure }: SearchStatus): string[] {
  const lines: string[] = [];
  if (progress !== undefined && step !== 'ended') {
    lines.push(progressLine(progress, { folds: 0, seconds: (Date.now() - startTime) / 1000 }));
  }
  if (failure !== null) lines.push(`Reason: ${failure}`);
  return lines;
}
