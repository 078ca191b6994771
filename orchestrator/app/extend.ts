/** Going beyond a search: a larger space, or more repeats, of which what it has finished is not trained again. */
import { findSearch } from '../../review/results/index.js';
import { type Submission, type Submitted, type SubmittedSpace, submittedSpace } from '../search/index.js';
import { askedOf, type Earlier, lookForEarlier } from './earlier.js';
import { InputError } from './errors.js';
import type { Services } from './services.js';
import { submit } from './submit.js';

/** A search that is to be extended, and what is taken over from it and others. */
export interface Extension {
  readonly searchId: string;
  readonly experimentId: string;
  readonly earlier: Earlier;
}

/**
 * Looks whether a submission can take over anything of a search.
 *
 * @throws UnknownSearchError when there is no such search
 * @throws InputError that says what differs, when it can't
 */
export async function extensionOf(
  asked: string,
  submission: Submission,
  {
    redis,
    tracking: { client },
  }: Pick<Services, 'redis'> & { tracking: Pick<Services['tracking'], 'client'> },
): Promise<Extension> {
  const { searchId, experimentId, runId } = await findSearch(client, asked);
  const space = await submittedSpace(await client.getRun(runId), client);
  if (space === undefined)
    throw new InputError(
      `search ${searchId} keeps no digests of its folds, as an earlier version submitted it; submit ${submission.file} by itself`,
    );
  const differs = differenceOf(space, submission);
  if (differs !== undefined)
    throw new InputError(
      `${submission.file} can take nothing over from search ${searchId}: ${differs}; submit it by itself, or make them equal`,
    );
  return { searchId, experimentId, earlier: await lookForEarlier(askedOf(submission), client, { redis }) };
}

/** Queues it in the search's experiment. */
export const extend = (
  submission: Submission,
  { searchId, experimentId, earlier }: Extension,
  services: Services,
  key?: string,
): Promise<Submitted> => submit(submission, services, { extends: searchId, experimentId, earlier, key });

/** What keeps a submission from taking anything over; undefined when nothing does. */
export function differenceOf(
  { context, reuse }: Pick<SubmittedSpace, 'context' | 'reuse'>,
  {
    rows,
    seed,
    objective,
  }: Pick<Submission, 'seed' | 'objective'> & {
    rows: Pick<Submission['rows'], 'digest' | 'foldDigests'>;
  },
): string | undefined {
  // First, as the rows of a limit hang on it.
  if (context.seed !== seed) return `its seed is ${seed}, and that search's ${context.seed}`;
  if (context.digest !== rows.digest)
    return `its dataset has digest ${rows.digest}, and that search's ${context.digest}`;
  const [here, there] = [objective, context.objective].map((one) => `${one.metric}, ${one.direction}`);
  if (here !== there) return `its objective is ${here}, and that search's ${there}`;
  const known = new Set(reuse?.rows);
  if (!rows.foldDigests.some((digest) => known.has(digest)))
    return 'no fold has the same rows, as cross_validation or test_size differ';
  return undefined;
}
