/** Queues a prepared search for whoever carries it out. */
import { type Submission, type Submitted, submitSearch } from '../search/index.js';
import type { Services } from './services.js';

export const submit = (
  submission: Submission,
  {
    searches,
    tracking,
  }: Pick<Services, 'searches'> & { readonly tracking: Pick<Services['tracking'], 'client'> },
): Promise<Submitted> => submitSearch(submission, { tracking: tracking.client, searches });
