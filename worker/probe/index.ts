/** Probes: configurations trained for their time alone, in a child process as a worker's, and never for longer than allowed. */
import { type ChildProcess, fork } from 'node:child_process';
import { on, once } from 'node:events';
import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fromProbe, type ProbeMeasure, type ProbeRequest } from './messages.js';

export type { ProbeMeasure, ProbeRequest } from './messages.js';

/** How one ended. */
export type Probed =
  /** Stopped: by then it had trained on a few rows only. */
  | { readonly kind: 'measured'; readonly measure: ProbeMeasure; readonly stopped: boolean }
  /** It was stopped, having trained for so long and measured nothing. */
  | { readonly kind: 'stopped'; readonly seconds: number }
  | { readonly kind: 'failed'; readonly reason: string };

export interface Prober {
  /** Seconds that the child process took until it could train. */
  readonly loadSeconds: number;
  readonly engine: string;
  /**
   * Trains in the child process that is there, or in a new one after the last was stopped.
   *
   * @throws the signal's reason once it aborts
   */
  probe(request: ProbeRequest, withinSeconds: number): Promise<Probed>;
  close(): Promise<void>;
}

export interface ProberOptions {
  readonly cacheDir: string;
  readonly signal: AbortSignal;
  /** How long it may take to load, in s. @defaultValue 60 */
  readonly loadWithin?: number;
  /** Module that child processes start in. Tests replace it. */
  readonly entry?: string;
}

const ENTRY = fileURLToPath(new URL('./probe-entry.js', import.meta.url));

/**
 * Starts a child process and waits until it can train.
 *
 * @throws Error when it can't; the signal's reason once it aborts
 */
export async function openProber({
  cacheDir,
  signal,
  loadWithin = 60,
  entry = ENTRY,
}: ProberOptions): Promise<Prober> {
  const started = performance.now();
  const folder = await borrowedCache(cacheDir);
  const removeFolder = () => rm(folder, { recursive: true, force: true });
  const start = () => grown(entry, folder, signal, loadWithin * 1000);
  let current: { child: ChildProcess; engine: string } | undefined = await start().catch(async (error) => {
    await removeFolder();
    throw error;
  });
  const { engine } = current;
  const loadSeconds = (performance.now() - started) / 1000;
  return {
    loadSeconds,
    engine,
    async probe(request, withinSeconds) {
      current ??= await start();
      const { child } = current;
      const told = await inTime(child, request, { signal, withinSeconds });
      const isFree = told.kind === 'failed' || (told.kind === 'measured' && !told.stopped);
      if (isFree && child.connected && !signal.aborted) return told;
      current = undefined;
      await end(child);
      signal.throwIfAborted();
      return told;
    },
    close: async () => {
      if (current !== undefined) await end(current.child);
      current = undefined;
      await removeFolder();
    },
  };
}

/**
 * The data directory's cache without the vectors of sentences: of those that it holds, none would be computed and timed, and
 * those of a probe are of no use to anybody.
 */
async function borrowedCache(cache: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'gridsearch-probe-'));
  for (const name of await readdir(cache).catch(() => []))
    if (name !== 'sentences') await symlink(join(cache, name), join(folder, name));
  return folder;
}

/** How a probe ended, or what is known of it when its time is up, its process gone or the signal aborted. */
async function inTime(
  child: ChildProcess,
  request: ProbeRequest,
  { signal, withinSeconds }: { signal: AbortSignal; withinSeconds: number },
): Promise<Probed> {
  let soFar: ProbeMeasure | undefined;
  const limit = limitOf(child, signal, withinSeconds * 1000);
  child.send(request, () => undefined);
  try {
    for await (const [message] of on(child, 'message', { signal: limit.signal })) {
      const said = fromProbe.parse(message);
      if (said.type === 'done') return { kind: 'measured', measure: said.measure, stopped: false };
      if (said.type !== 'so far')
        return { kind: 'failed', reason: said.type === 'loaded' ? 'it began anew' : said.reason };
      soFar = said.measure;
    }
  } catch (error) {
    if (!limit.signal.aborted) throw error;
  } finally {
    limit.lift();
  }
  if (!limit.isTimeUp()) return { kind: 'failed', reason: 'its process ended, as when memory runs out' };
  if (soFar !== undefined) return { kind: 'measured', measure: soFar, stopped: true };
  return { kind: 'stopped', seconds: withinSeconds };
}

async function grown(
  entry: string,
  cacheDir: string,
  signal: AbortSignal,
  withinMs: number,
): Promise<{ child: ChildProcess; engine: string }> {
  signal.throwIfAborted();
  const child = fork(entry, [], {
    // A group of its own, as a worker's: Ctrl-C reaches whoever started it, who ends it.
    detached: true,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { ...process.env, GRIDSEARCH_CACHE: cacheDir, GRIDSEARCH_THREADS: '1' },
  });
  child.on('error', () => undefined);
  const limit = limitOf(child, signal, withinMs);
  try {
    const [message] = await once(child, 'message', { signal: limit.signal });
    const said = fromProbe.parse(message);
    if (said.type === 'loaded') return { child, engine: said.engine };
    throw new Error(said.type === 'load failed' ? said.reason : `a probe said ${said.type} first`);
  } catch (error) {
    await end(child);
    signal.throwIfAborted();
    if (!limit.signal.aborted) throw error;
    throw new Error('a training process did not load', { cause: error });
  } finally {
    limit.lift();
  }
}

/** Aborts when the time is up, the process has ended, or the signal given does. */
function limitOf(child: ChildProcess, given: AbortSignal, ms: number) {
  const controller = new AbortController();
  const stop = (): void => controller.abort();
  let timeUp = false;
  const timer = setTimeout(() => {
    timeUp = true;
    stop();
  }, ms);
  child.once('exit', stop);
  given.addEventListener('abort', stop, { once: true });
  if (given.aborted || hasEnded(child)) stop();
  return {
    signal: controller.signal,
    isTimeUp: () => timeUp,
    lift: () => {
      clearTimeout(timer);
      child.off('exit', stop);
      given.removeEventListener('abort', stop);
    },
  };
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess): boolean =>
  exitCode !== null || signalCode !== null;

async function end(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (!hasEnded(child)) await once(child, 'exit');
}
