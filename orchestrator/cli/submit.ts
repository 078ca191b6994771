/** `submit FILE`: validates and queues; whoever runs an orchestrator and workers carries it out. */

import { prepare } from '../app/prepare.js';
import { openServices } from '../app/services.js';
import { submitSearch } from '../search/index.js';
import { EXIT } from './errors.js';
import { plain } from './render.js';

export async function submit(file: string, { json }: { json: boolean }): Promise<number> {
  const submission = await prepare(file, (name) => void process.stderr.write(`reading ${plain(name)}…\n`));
  const services = await openServices();
  try {
    const submitted = await submitSearch(submission, {
      tracking: services.tracking.client,
      searches: services.searches,
    });
    process.stdout.write(
      json
        ? `${JSON.stringify(submitted, null, 2)}\n`
        : `Queued search ${submitted.searchId}.\nCarried out by \`gridsearch up\` with \`gridsearch worker\`; follow it with \`gridsearch status ${submitted.searchId}\`.\n`,
    );
    return EXIT.done;
  } finally {
    await services.close();
  }
}
