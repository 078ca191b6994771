/** `submit FILE`: validates and queues; whoever runs an orchestrator and workers carries it out. */
import { readSearch } from '../../review/results/index.js';
import { checkEnvironment, earlierOf, prepare, runToAdopt, type Services, submit } from '../app/index.js';
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
    print(...(submitted.already ? await earlierLines(submitted, services) : queuedLines(submitted)));
  });
}

/** How to follow a search that was queued. */
export const queuedLines = ({ searchId }: { searchId: string }): string[] => [
  `Queued search ${searchId}.`,
  `Carried out by \`gridsearch up\` with \`gridsearch worker\`; follow it with \`gridsearch status ${searchId}\`.`,
];

/** What became of a search that was submitted before: one that was given up does not begin again by itself. */
async function earlierLines(
  { searchId, parentRunId }: { searchId: string; parentRunId: string },
  { tracking: { client } }: Services,
): Promise<string[]> {
  const { status } = await readSearch(client, parentRunId);
  const came = { KILLED: 'was cancelled', FAILED: 'failed' }[String(status)];
  const before = `Search ${searchId} was submitted before, under the same key`;
  return came === undefined
    ? [`${before}; nothing was queued.`, `Follow it with \`gridsearch status ${searchId}\`.`]
    : [
        `${before}, and ${came}; nothing was queued.`,
        `Try again what is left of it: npx gridsearch retry --failed ${searchId}`,
      ];
}
