/** `up`: Redis if needed, tracking and the orchestrator, kept running. */
import { redactRedisUrl } from '../../queue/index.js';
import { EXIT } from './errors.js';
import { interruption } from './interrupt.js';
import { closers, openServices, startEngineRoom, workerCount } from './services.js';

export interface UpOptions {
  readonly workers: string;
  readonly host: string;
  readonly port: number;
  readonly json: boolean;
}

export async function up(options: UpOptions): Promise<number> {
  const workers = workerCount(options.workers);
  const stop = interruption();
  const opened = closers();
  try {
    const services = await openServices({ host: options.host, port: options.port });
    opened.add(() => services.close());
    const room = await startEngineRoom(services, {
      workers,
      onError: (error) => void process.stderr.write(`${error.message}\n`),
    });
    opened.add(() => room.close(0));
    const state = {
      trackingUri: services.tracking.uri,
      redis: redactRedisUrl(services.redisUrl),
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
