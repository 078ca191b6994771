/** `extend SEARCH FILE`: a larger space, or more repeats, of which what is there already is not trained again. */
import { checkEnvironment, extend, extensionOf, prepare } from '../app/index.js';
import { tellOutlook } from './outlook.js';
import { print, printDocument, say } from './output.js';
import { plain } from './render.js';
import { queuedLines } from './submit.js';
import { withServices } from './with-services.js';

export async function extendCommand(
  asked: string,
  file: string,
  { json }: { json: boolean },
): Promise<number> {
  checkEnvironment();
  const submission = await prepare(file, (line) => say(plain(line)));
  return withServices(async (services) => {
    const extension = await extensionOf(asked, submission, services);
    const { held } = extension.earlier;
    const told = tellOutlook({ file, submission, held }, services);
    const submitted = await extend(submission, extension, services).finally(() => told);
    if (json) return printDocument('extend', { ...submitted, held, extends: extension.searchId });
    print(...queuedLines(submitted));
  });
}
