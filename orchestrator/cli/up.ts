/** `up`: Redis if needed, tracking and the orchestrator, kept running. */
import { openPage, pageFront } from '../../review/page/server/index.js';
import {
  checkEngine,
  closers,
  openServices,
  type SearchEvent,
  startTraining,
  workerCount,
} from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { outageTeller } from './outage.js';
import { print, printLine, say } from './output.js';
import { counted, plain, spread } from './render.js';

export interface UpOptions {
  readonly workers: string;
  readonly host: string;
  /** @defaultValue 5000; any free one for the page beside an MLflow server, which may well have that one */
  readonly port?: number;
  /** ms. */
  readonly patience: number;
  readonly allowedHost?: readonly string[];
  readonly json: boolean;
}

export async function upCommand(options: UpOptions): Promise<number> {
  const workers = workerCount(options.workers);
  if (workers > 0) checkEngine();
  const stop = interruption();
  const opened = closers();
  try {
    const { host, port, allowedHost: allowedHosts = [] } = options;
    const services = await openServices({ host, port: port ?? 5000, allowedHosts, front: pageFront });
    opened.add(() => services.close());
    const page = await openPage(services, { host, port: port ?? 0, allowedHosts });
    opened.add(() => page.close());
    const tell = outageTeller(say);
    /** A search may go on before the first line is out. */
    let early: SearchEvent[] | undefined = [];
    const training = await startTraining(services, {
      workers,
      patienceMs: options.patience,
      onWaiting: tell.waiting,
      onError: (error) => tell.error(error.message),
      onSearch: (event) => void (early?.push(event) ?? tellOf(event, options.json)),
      onLost: (searchIds) => {
        for (const searchId of searchIds)
          say(
            `Search ${searchId} is under way in tracking, but not in this queue: it has lost it, or another queue has it. If it is lost, go on with \`npx gridsearch resume ${searchId}\`.`,
          );
      },
    });
    opened.add(() => training.close(0));
    if (!isLoopback(host) && !page.guarded) {
      const may = services.tracking.embedded
        ? 'read and write all runs'
        : 'read all runs, promote models and cancel searches';
      process.stderr.write(
        `Everyone who reaches ${host} may ${may}: set MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, to ask for it.\n`,
      );
    }
    const state = {
      trackingUri: services.tracking.uri,
      page: page.uri,
      redis: services.redisShown,
      workers,
      home: services.home,
    };
    if (options.json) printLine('up', state);
    else {
      print(
        `Up: tracking ${state.trackingUri}, queue ${state.redis}, ${workers} workers here.`,
        `Review searches at ${state.page}`,
        'Submit with `npx gridsearch submit FILE`, add workers with `npx gridsearch worker`; Ctrl-C stops.',
      );
    }
    for (const event of early) tellOf(event, options.json);
    early = undefined;
    await Promise.race([stop.stopped, training.gaveUp]);
    return EXIT.done;
  } finally {
    await opened.close();
    stop.dispose();
  }
}

/** Searches come and go while it runs. */
function tellOf(event: SearchEvent, json: boolean): void {
  const { searchId } = event;
  const time = new Date().toISOString();
  if (event.type !== 'ended') {
    const { type, trials, folds } = event;
    if (json) printLine('up-event', { time, type, searchId, trials, folds });
    else say(`search ${searchId} ${type}: ${counted(trials, 'trial')}, ${counted(folds, 'fold')}`);
    return;
  }
  const { status, reason, best = null, registered = null } = event.result;
  if (json) {
    printLine('up-event', {
      time,
      type: 'ended',
      searchId,
      status,
      failure: reason ?? null,
      best,
      registered,
    });
    return;
  }
  const score = best === null ? '' : `, ${event.metric} ${spread(best.mean, best.std)}`;
  const version =
    registered === null
      ? ''
      : `, ${registered.name} version ${registered.version} (${registered.aliases.join(', ') || 'no alias'})`;
  say(
    `search ${searchId} ${status === 'FINISHED' ? 'finished' : 'failed'}${score}${version}${reason ? `: ${plain(reason)}` : ''}`,
  );
}

const isLoopback = (host: string): boolean => /^(?:localhost|127(?:\.\d+){3}|::1)$/.test(host);
