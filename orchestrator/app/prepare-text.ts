/**
 * A search space that somebody wrote into the page, read and checked with its data as `prepare` does it: in a thread of its own, as
 * whoever answers the page answers workers too. This file is both sides: what starts the thread, and what runs in it.
 */
import { once } from 'node:events';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { DatasetError } from '../../learning/data/index.js';
import type { Submission } from '../search/index.js';
import { checkSearchSpace, SearchSpaceError, type SearchSpaceIssue } from '../space/index.js';
import { prepareSpace } from './prepare.js';

export interface WrittenSpace {
  readonly text: string;
  /** Its path, as if it lay in the folder: data files are relative to it, and must lie in the folder. */
  readonly file: string;
  readonly folder: string;
}

/** What is wrong with it, or what can be queued. */
export type PreparedText =
  | { readonly issues: readonly SearchSpaceIssue[] }
  | { readonly submission: Submission };

/** The thread's one message. */
type Told = PreparedText | { readonly failure: string };

/** @throws the signal's reason once it aborts; Error when the thread fails */
export async function prepareText(space: WrittenSpace, signal: AbortSignal): Promise<PreparedText> {
  const thread = new Worker(new URL(import.meta.url), { workerData: space });
  // An error of the thread is told by the wait for its message.
  thread.on('error', () => undefined);
  try {
    // A thread that ends without a message (out of memory, say) would otherwise be waited for without end.
    const silent = once(thread, 'exit', { signal }).then((): [Told] => [
      { failure: 'the check ended without an answer; try again' },
    ]);
    const [told] = (await Promise.race([once(thread, 'message', { signal }), silent])) as [Told];
    if ('failure' in told) throw new Error(told.failure);
    return told;
  } finally {
    await thread.terminate();
  }
}

if (!isMainThread && parentPort) {
  const { text, file, folder } = workerData as WrittenSpace;
  parentPort.postMessage(await inThread(text, file, folder));
}

async function inThread(text: string, file: string, folder: string): Promise<Told> {
  try {
    return {
      submission: await prepareSpace(await checkSearchSpace(text, file, folder), undefined, folder),
    };
  } catch (error) {
    if (error instanceof SearchSpaceError) return { issues: error.issues };
    const { message } = error as Error;
    if (error instanceof DatasetError) return { issues: [{ file, line: 0, column: 0, path: '', message }] };
    return { failure: message };
  }
}
