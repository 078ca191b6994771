/** `report SEARCH`: the search view of the review page as one file, on standard output. Needs tracking only. */
import { findSearch } from '../../review/results/index.js';
import { InputError, reportOf } from '../app/index.js';
import { printDocument, write } from './output.js';
import { withTracking } from './with-services.js';

export function reportCommand(asked: string, { json }: { json: boolean }): Promise<number> {
  if (!json && process.stdout.isTTY)
    throw new InputError(
      `a report is a file of HTML: write it to one with \`gridsearch report ${asked} > report.html\``,
    );
  return withTracking(async ({ client }) => {
    const search = await findSearch(client, asked);
    const html = await reportOf(client, search);
    if (json) printDocument('report', { searchId: search.searchId, html });
    else await write(html);
  });
}
