/** `submit FILE`: validates and queues; whoever runs an orchestrator and workers carries it out. */
import { checkEnvironment, earlierOf, prepare, runToAdopt, submit } from '../app/index.js';
import { tellOutlook } from './outlook.js';
import { print, printDocument, say } from './output.js';
import { plain } from './render.js';
import { withServices } from './with-services.js';

export interface SubmitOptions {
  /** Train also what earlier searches hold. */
  readonly fresh: boolean;
  /** Submitted twice under one, it is one search. */
  readonly idempotencyKey?: string;
  readonly json: boolean;
}

export async function submitCommand(
  file: string,
  { fresh, idempotencyKey: key, priority, json }: SubmitOptions & { priority: number },
): Promise<number> {
  checkEnvironment();
  const submission = await prepare(file, (line) => say(plain(line)));
  return withServices(async (services) => {
    const parent = await runToAdopt(services.tracking, { staysUntilTheEnd: false });
    const earlier = await earlierOf(submission, services, { fresh });
    const { held } = earlier;
    const told = tellOutlook({ file, submission, held }, services);
    const submitted = await submit({ ...submission, priority }, services, { parent, earlier, key }).finally(
      () => told,
    );
    if (json) return printDocument('submit', { ...submitted, held });
    print(...queuedLines(submitted));
  });
}

/** What became of a submission, and how to follow it. */
export const queuedLines = ({ searchId, already }: { searchId: string; already: boolean }): string[] =>
  already
    ? [
        `Search ${searchId} was submitted before, under the same key; nothing was queued.`,
        `Follow it with \`gridsearch status ${searchId}\`.`,
      ]
    : [
        `Queued search ${searchId}.`,
        `Carried out by \`gridsearch up\` with \`gridsearch worker\`; follow it with \`gridsearch status ${searchId}\`.`,
      ];
