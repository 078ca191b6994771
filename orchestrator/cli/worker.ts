/** `worker`: joins a Redis and trains until told to stop. */
import { statSync } from 'node:fs';
import { checkEngine, closers, InputError, joinQueue, slowEngineNotice, workerCount } from '../app/index.js';
import type { DocumentOf } from './documents/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { jobLine } from './job-line.js';
import { outageTeller } from './outage.js';
import { printLine, say } from './output.js';
import { plain } from './render.js';

export interface WorkerCommandOptions {
  readonly concurrency: string;
  readonly threads: number;
  readonly grace: number;
  readonly dataRoot?: string;
  /** ms. */
  readonly patience: number;
  readonly json: boolean;
}

type WithoutTime<Event> = Event extends unknown ? Omit<Event, 'time'> : never;

export async function workerCommand(options: WorkerCommandOptions): Promise<number> {
  const { threads } = options;
  const concurrency = workerCount(options.concurrency, '--concurrency', 1, threads);
  const graceMs = options.grace * 1000;
  const tellOf = (event: WithoutTime<DocumentOf<'worker'>>, line: string): void =>
    options.json ? printLine('worker', { time: new Date().toISOString(), ...event }) : say(line);
  checkEngine();
  const { dataRoot } = options;
  if (dataRoot !== undefined && !statSync(dataRoot, { throwIfNoEntry: false })?.isDirectory())
    throw new InputError(`--data-root is ${plain(dataRoot)}, which is no folder here`);
  const stop = interruption(graceMs);
  const opened = closers();
  try {
    const notice = slowEngineNotice();
    if (notice !== undefined) say(notice);
    const tell = outageTeller((line) => tellOf({ type: 'error', error: line }, line));
    const joined = await joinQueue({
      concurrency,
      threads,
      ...(options.dataRoot !== undefined && { dataRoot: options.dataRoot }),
      patienceMs: options.patience,
      onJob: (event) => {
        const { about, ...told } = event;
        const { searchId = null, configuration = null, fold = null } = about ?? {};
        tellOf({ ...told, searchId, configuration, fold }, jobLine(event));
      },
      onWaiting: tell.waiting,
      onError: (error) => tell.error(error.message),
    });
    opened.add(() => joined.close(graceMs));
    tellOf(
      { type: 'started', concurrency, threads },
      `Worker ready: ${concurrency} at a time, ${joined.redisShown}. Ctrl-C stops it and hands its folds back.`,
    );
    const drained = joined.drained.then(() => true);
    if (await Promise.race([stop.stopped, joined.gaveUp, drained]))
      tellOf(
        { type: 'drained' },
        'Drained: it was asked to leave by `workers drain`, and has no fold at hand.',
      );
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
