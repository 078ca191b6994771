/** `submit FILE`: validates and queues; whoever runs an orchestrator and workers carries it out. */
import { prepare, submit } from '../app/index.js';
import { print, printJson, say } from './output.js';
import { plain } from './render.js';
import { withServices } from './with-services.js';

export async function submitCommand(file: string, { json }: { json: boolean }): Promise<number> {
  const submission = await prepare(file, (name) => say(`reading ${plain(name)}…`));
  return withServices(async (services) => {
    const submitted = await submit(submission, services);
    if (json) return printJson(submitted);
    print(
      `Queued search ${submitted.searchId}.`,
      `Carried out by \`gridsearch up\` with \`gridsearch worker\`; follow it with \`gridsearch status ${submitted.searchId}\`.`,
    );
  });
}
