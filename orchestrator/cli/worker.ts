/** `worker`: joins a Redis and trains until told to stop. */

import { slowEngineNotice } from '../../learning/engine/installed.js';
import { connectRedis, redactRedisUrl } from '../../queue/index.js';
import { startWorker } from '../../worker/index.js';
import { checkEngine } from '../app/engine.js';
import { cacheDir, homeDir } from '../app/home.js';
import { openRedis } from '../app/private-redis.js';
import { closers, workerCount } from '../app/services.js';
import { EXIT } from './errors.js';
import { interruption } from './interrupt.js';
import { errorTeller } from './outage.js';
import { plain } from './render.js';

export interface WorkerCommandOptions {
  readonly concurrency: string;
  readonly threads: number;
  readonly grace: number;
  readonly json: boolean;
}

export async function worker(options: WorkerCommandOptions): Promise<number> {
  const concurrency = workerCount(options.concurrency, '--concurrency', 1, options.threads);
  const say = (event: Record<string, unknown>, line: string): void =>
    void (options.json
      ? process.stdout.write(`${JSON.stringify({ time: new Date().toISOString(), ...event })}\n`)
      : process.stderr.write(`${line}\n`));
  checkEngine();
  const stop = interruption(options.grace * 1000);
  const opened = closers();
  try {
    const home = homeDir();
    const access = await openRedis(home);
    opened.add(() => access.release());
    const redis = connectRedis(access.url);
    opened.add(async () => redis.disconnect());
    const notice = slowEngineNotice();
    if (notice !== undefined) process.stderr.write(`${notice}\n`);
    const tell = errorTeller((line) => say({ type: 'error', error: line }, line));
    const trackingUri = process.env.MLFLOW_TRACKING_URI;
    const started = await startWorker({
      redis,
      redisUrl: access.url,
      ...(trackingUri && { trackingUri }),
      concurrency,
      threads: options.threads,
      cacheDir: cacheDir(home),
      onEvent: (event) => {
        if (event.type === 'error') return tell(event.error);
        const line =
          event.type === 'completed'
            ? `${event.job} done in ${event.seconds.toFixed(2)} s`
            : `${event.job} failed after ${event.seconds.toFixed(2)} s, attempt ${event.attempt} of ${event.attempts}: ${plain(event.error)}`;
        say(event, line);
      },
    });
    opened.add(() => started.close(options.grace * 1000));
    say(
      { type: 'started', concurrency, threads: options.threads },
      `Worker ready: ${concurrency} at a time, ${redactRedisUrl(access.url)}. Ctrl-C stops it and hands its folds back.`,
    );
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}
