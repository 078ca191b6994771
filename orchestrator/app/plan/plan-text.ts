/**
 * A plan of a search space that somebody wrote into the page: in a process of its own, as it reads data and starts training processes,
 * and whoever answers the page answers workers too. It ends when nobody waits for it any more. This file is both sides.
 */
import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DatasetError } from '../../../learning/data/index.js';
import { checkSearchSpace, SearchSpaceError, type SearchSpaceIssue } from '../../space/index.js';
import { prepareWithRows } from '../prepare.js';
import type { WrittenSpace } from '../prepare-text.js';
import { type Plan, planPrepared } from './index.js';
import { workersThere } from './workers.js';

/** What is wrong with it, or what it will take. */
export type PlannedText =
  | { readonly issues: readonly SearchSpaceIssue[] }
  | { readonly plan: Omit<Plan, 'submission'>; readonly warnings: readonly string[] };

type Told = PlannedText | { readonly failure: string } | { readonly say: string };

const HERE = fileURLToPath(import.meta.url);
/** A process that is asked to end has so long to end what it started, ms. */
const GRACE_MS = 5000;

/** @throws the signal's reason once it aborts; Error when the process fails */
export async function planText(
  space: WrittenSpace,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<PlannedText> {
  signal.throwIfAborted();
  const child = fork(HERE, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
  child.on('error', () => undefined);
  // One that ends without an answer (out of memory, say) would otherwise be waited for without end.
  const over = new AbortController();
  child.once('exit', () => over.abort());
  try {
    child.send(space, () => undefined);
    for await (const [told] of on(child, 'message', { signal: AbortSignal.any([signal, over.signal]) })) {
      const said = told as Told;
      if ('say' in said) say(said.say);
      else if ('failure' in said) throw new Error(said.failure);
      else return said;
    }
    throw new Error(SILENT);
  } catch (error) {
    signal.throwIfAborted();
    throw over.signal.aborted ? new Error(SILENT) : error;
  } finally {
    await ended(child);
  }
}

const SILENT = 'the plan ended without an answer; try again';

/** Without its channel it ends by itself, and what it started with it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  if (child.connected) child.disconnect();
  const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  await exit;
  clearTimeout(timer);
}

if (process.send !== undefined && process.argv[1] === HERE) serve();

function serve(): void {
  const leaving = new AbortController();
  process.once('disconnect', () => leaving.abort());
  const tell = (told: Told): void => {
    if (process.connected) process.send?.(told, () => undefined);
  };
  process.once('message', async (space: WrittenSpace) => {
    tell(await inProcess(space, leaving.signal, (say) => tell({ say })));
  });
}

async function inProcess(
  { text, file, folder }: WrittenSpace,
  signal: AbortSignal,
  say: (line: string) => void,
): Promise<Told> {
  try {
    const workers = await workersThere('auto');
    const prepared = await prepareWithRows(await checkSearchSpace(text, file, folder), say, folder);
    const { submission, ...plan } = await planPrepared(prepared, workers, { signal, say });
    return { plan, warnings: submission.rows.warnings };
  } catch (error) {
    if (error instanceof SearchSpaceError) return { issues: error.issues };
    const { message } = error as Error;
    if (error instanceof DatasetError) return { issues: [{ file, line: 0, column: 0, path: '', message }] };
    return { failure: message };
  }
}
