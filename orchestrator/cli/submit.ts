/** `submit FILE`: validates and queues; whoever runs an orchestrator and workers carries it out. */
import { checkEnvironment, prepare, runToAdopt, submit } from '../app/index.js';
import { tellOutlook } from './outlook.js';
import { print, printDocument, say } from './output.js';
import { plain } from './render.js';
import { withServices } from './with-services.js';

export async function submitCommand(
  file: string,
  { json, priority }: { json: boolean; priority: number },
): Promise<number> {
  checkEnvironment();
  const submission = await prepare(file, (line) => say(plain(line)));
  return withServices(async (services) => {
    const parent = await runToAdopt(services.tracking, { staysUntilTheEnd: false });
    const told = tellOutlook(file, submission, services);
    const submitted = await submit({ ...submission, priority }, services, parent).finally(() => told);
    if (json) return printDocument('submit', submitted);
    print(
      `Queued search ${submitted.searchId}.`,
      `Carried out by \`gridsearch up\` with \`gridsearch worker\`; follow it with \`gridsearch watch ${submitted.searchId}\`.`,
    );
  });
}
