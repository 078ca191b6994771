/** `retry --failed SEARCH`: a search's own space once more, of which only what failed, or was never tried, is trained. */
import { checkEnvironment, retryFailed } from '../app/index.js';
import { print, printDocument, say } from './output.js';
import { counted } from './render.js';
import { queuedLines } from './submit.js';
import { withServices } from './with-services.js';

export function retryCommand(asked: string, { json }: { json: boolean }): Promise<number> {
  checkEnvironment();
  return withServices(async (services) => {
    const { search, failed, submitted } = await retryFailed(asked, services);
    const { searchId, folds } = search;
    if (submitted === undefined) {
      if (json) return printDocument('retry', { retryOf: searchId, failed, held: null, search: null });
      print(`Nothing failed in search ${searchId}, and it was tried whole: nothing was queued.`);
      return;
    }
    const { held, from: _, already: __, ...place } = submitted;
    if (json) return printDocument('retry', { retryOf: searchId, failed, held, search: place });
    const left =
      held === null
        ? ''
        : `; ${(folds - held).toLocaleString('en')} of ${counted(folds, 'fold', true)} to train`;
    say(`${counted(failed, 'configuration', true)} failed in search ${searchId}${left}`);
    print(...queuedLines(submitted));
  });
}
