/** `up`: Redis if needed, tracking and the orchestrator, kept running. */
import { checkEngine, closers, openServices, startTraining, workerCount } from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { errorTeller } from './outage.js';

export interface UpOptions {
  readonly workers: string;
  readonly host: string;
  readonly port: number;
  readonly allowedHost?: readonly string[];
  readonly json: boolean;
}

export async function upCommand(options: UpOptions): Promise<number> {
  const workers = workerCount(options.workers);
  if (workers > 0) checkEngine();
  const stop = interruption();
  const opened = closers();
  try {
    const services = await openServices({
      host: options.host,
      port: options.port,
      allowedHosts: options.allowedHost ?? [],
    });
    opened.add(() => services.close());
    const tell = errorTeller((line) => void process.stderr.write(`${line}\n`));
    const training = await startTraining(services, {
      workers,
      onError: (error) => tell(error.message),
    });
    opened.add(() => training.close(0));
    if (services.tracking.embedded && !isLoopback(options.host) && !services.tracking.guarded) {
      process.stderr.write(
        `Everyone who reaches ${options.host} may read and write all runs: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, to ask for it.\n`,
      );
    }
    const state = {
      trackingUri: services.tracking.uri,
      redis: services.redisShown,
      workers,
      home: services.home,
    };
    process.stdout.write(
      options.json
        ? `${JSON.stringify(state)}\n`
        : `Up: tracking ${state.trackingUri}, queue ${state.redis}, ${workers} workers here.\n` +
            'Submit with `npx gridsearch submit FILE`, add workers with `npx gridsearch worker`; Ctrl-C stops.\n',
    );
    await stop.stopped;
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
