/** `worker`: joins a Redis and trains until told to stop. */
import { checkEngine, closers, joinQueue, slowEngineNotice, workerCount } from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { errorTeller } from './outage.js';
import { say } from './output.js';
import { plain } from './render.js';

export interface WorkerCommandOptions {
  readonly concurrency: string;
  readonly threads: number;
  readonly grace: number;
  readonly json: boolean;
}

export async function workerCommand(options: WorkerCommandOptions): Promise<number> {
  const { threads } = options;
  const concurrency = workerCount(options.concurrency, '--concurrency', 1, threads);
  const graceMs = options.grace * 1000;
  const tellOf = (event: Record<string, unknown>, line: string): void =>
    options.json
      ? void process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
      : say(line);
  checkEngine();
  const stop = interruption(graceMs);
  const opened = closers();
  try {
    const notice = slowEngineNotice();
    if (notice !== undefined) say(notice);
    const tell = errorTeller((line) => tellOf({ type: 'error', error: line }, line));
    const joined = await joinQueue({
      concurrency,
      threads,
      onEvent: (event) => {
        if (event.type === 'error') return tell(event.error);
        const line =
          event.type === 'completed'
            ? `${event.job} done in ${event.seconds.toFixed(2)} s`
            : `${event.job} failed after ${event.seconds.toFixed(2)} s, attempt ${event.attempt} of ${event.attempts}: ${plain(event.error)}`;
        tellOf({ ...event }, line);
      },
    });
    opened.add(() => joined.close(graceMs));
    tellOf(
      { type: 'started', concurrency, threads },
      `Worker ready: ${concurrency} at a time, ${joined.redisShown}. Ctrl-C stops it and hands its folds back.`,
    );
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
