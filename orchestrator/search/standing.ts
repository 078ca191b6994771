/**
 * How a window's job stands with its search's. BullMQ lets a job go on once all that it waits for has ended, so a search waits for
 * one window only. Of a search in generations the one after is under way apart, with no parent, and becomes its child when
 * it is the next to be waited for: adding a job again under a parent's name only does that.
 */
import { Job } from 'bullmq';
import {
  CHILD_TO_BE,
  childFailures,
  childValues,
  readResult,
  STEP,
  type WindowResult,
  windowResult,
} from '../../queue/index.js';
import type { Deps } from './deps.js';

/** Its result; or that it broke, isn't there, is waited for, or is there with nobody who waits for it. */
export type Standing = WindowResult | 'broken' | 'absent' | 'under way' | 'apart';

export async function standingOfWindow(
  search: Job,
  id: string,
  { searches }: Pick<Deps, 'searches'>,
): Promise<Standing> {
  const values = await childValues(search);
  if (values.has(id)) return readResult(id, values.get(id), windowResult);
  if ((await childFailures(search)).has(id)) return 'broken';
  const { unprocessed = [] } = await search.getDependencies({ unprocessed: { count: 10 } });
  if (unprocessed.some((key) => key.endsWith(`:${id}`))) return 'under way';
  const window = await Job.fromId(searches, id);
  if (window === undefined) return 'absent';
  return (await window.isFailed()) ? 'broken' : 'apart';
}

/** Makes the search wait for a window that is under way apart; one that has ended meanwhile brings its result. */
export async function attachWindow(
  search: Job,
  id: string,
  { searches }: Pick<Deps, 'searches'>,
): Promise<void> {
  const parent = { id: search.id!, queue: search.queueQualifiedName };
  // Its own data once more: should it be gone by now, because somebody else went on, it comes back as one that has nothing to wait for.
  const data = (await Job.fromId(searches, id))?.data;
  if (data === undefined) return;
  const window = await searches.add('window', data, { ...CHILD_TO_BE, ...STEP, jobId: id, parent });
  // It broke between the look at it and now, and would be waited for without end.
  if (await window.isFailed()) await window.removeChildDependency();
}

/** Removes what is left of a window whose result is counted. */
export async function forgetWindow(id: string, { searches }: Pick<Deps, 'searches'>): Promise<void> {
  await searches.remove(id);
}
