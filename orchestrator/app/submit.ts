/** Queues a prepared search for whoever carries it out. */
import { createHash } from 'node:crypto';
import type { Run } from '../../tracking/client/index.js';
import {
  KeyTakenError,
  type Submission,
  type SubmitOptions,
  type Submitted,
  submitSearch,
} from '../search/index.js';
import { askedOf, type Earlier, type LookOptions, lookForEarlier } from './earlier.js';
import { InputError } from './errors.js';
import type { Services } from './services.js';

export interface SubmitChoices extends Pick<SubmitOptions, 'extends' | 'experimentId'> {
  /** A run to make its parent run, see `runToAdopt`. @defaultValue a new one */
  readonly parent?: Run | undefined;
  /** What was found of earlier searches. @defaultValue it is looked for */
  readonly earlier?: Earlier | undefined;
  /** What is submitted twice under one key is one search. */
  readonly key?: string | undefined;
}

type Where = Pick<Services, 'searches'> & {
  readonly redis?: Services['redis'];
  readonly tracking: Pick<Services['tracking'], 'client'>;
};

/** @throws InputError when the key was given before, for something else */
export async function submit(
  submission: Submission,
  { searches, redis, tracking: { client } }: Where,
  { parent, earlier, key, ...options }: SubmitChoices = {},
): Promise<Submitted> {
  const { from } = earlier ?? (await earlierOf(submission, { redis, tracking: { client } }));
  try {
    return await submitSearch(
      submission,
      { tracking: client, searches },
      {
        ...options,
        given: parent,
        from,
        ...(key !== undefined && { key: { key, digest: digestOf(submission, options.extends) } }),
      },
    );
  } catch (error) {
    if (error instanceof KeyTakenError) throw new InputError(error.message);
    throw error;
  }
}

/** What earlier searches hold of a submission. */
export const earlierOf = (
  submission: Submission,
  { redis, tracking }: Omit<Where, 'searches'>,
  options: Omit<LookOptions, 'redis'> = {},
): Promise<Earlier> => lookForEarlier(askedOf(submission), tracking.client, { ...options, redis });

function digestOf({ text, rows }: Submission, extended = ''): string {
  return createHash('sha256')
    .update(JSON.stringify([text, rows.digest, extended]))
    .digest('hex');
}
