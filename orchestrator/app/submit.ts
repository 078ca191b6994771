/** Queues a prepared search for whoever carries it out. */

import type { Run } from '../../tracking/client/index.js';
import { type Submission, type Submitted, submitSearch } from '../search/index.js';
import type { Services } from './services.js';

/** @param parent - A run to make its parent run, see `runToAdopt`. @defaultValue a new one */
export const submit = (
  submission: Submission,
  {
    searches,
    tracking,
  }: Pick<Services, 'searches'> & { readonly tracking: Pick<Services['tracking'], 'client'> },
  parent?: Run,
): Promise<Submitted> => submitSearch(submission, { tracking: tracking.client, searches }, parent);
