/** `run FILE` and `resume [SEARCH]`: everything embedded, from the file to the registered model. */
import type { Queue } from 'bullmq';
import { slowEngineNotice } from '../../learning/engine/installed.js';
import { type SearchPayload, type SearchResult, searchPayload } from '../../queue/index.js';
import { TAGS } from '../../tracking/client/index.js';
import { checkEngine } from '../app/engine.js';
import { prepare } from '../app/prepare.js';
import { closers, openServices, type Services, startEngineRoom, workerCount } from '../app/services.js';
import { submitSearch } from '../search/index.js';
import { EXIT, InputError } from './errors.js';
import { interruption } from './interrupt.js';
import { errorTeller } from './outage.js';
import { plain } from './render.js';
import { childrenTable, findSearch, searchRuns } from './report.js';
import { watchSearch } from './watch.js';

export interface RunOptions {
  readonly workers: string;
  readonly port: number;
  readonly json: boolean;
}

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Validates, submits, trains and reports. */
export async function run(file: string, options: RunOptions): Promise<number> {
  const workers = workerCount(options.workers);
  if (workers === 0) throw new InputError('--workers is 0; `run` needs a worker, `submit` only queues');
  const submission = await prepare(file, (name) => say(`reading ${plain(name)}…`));
  return carryOut(options, workers, async (services) => {
    const { searchId } = await submitSearch(submission, {
      tracking: services.tracking.client,
      searches: services.searches,
    });
    return searchId;
  });
}

/** Goes on with a search that was interrupted; without a name, with the newest one that has not ended. */
export async function resume(search: string | undefined, options: RunOptions): Promise<number> {
  const workers = workerCount(options.workers);
  return carryOut(options, workers, async (services) => {
    const open = await openSearches(services.searches);
    if (search === undefined) {
      const newest = open[0];
      if (newest === undefined)
        throw new InputError('no search is waiting to go on; `gridsearch status` lists them');
      return newest;
    }
    const searchId = (await findSearch(services.tracking.client, search)).tags[TAGS.searchId]!;
    if (!open.includes(searchId)) {
      throw new InputError(`search ${searchId} has ended; \`gridsearch show ${searchId}\` shows it`);
    }
    return searchId;
  });
}

/** Ids of the searches that have not ended, newest first. */
export async function openSearches(searches: Queue): Promise<string[]> {
  const jobs = await searches.getJobs(['active', 'waiting', 'waiting-children', 'delayed', 'prioritized']);
  return jobs
    .filter((job) => job !== undefined && job.name === 'search')
    .sort((a, b) => b.timestamp - a.timestamp)
    .map((job) => job.id!);
}

async function carryOut(
  options: RunOptions,
  workers: number,
  pick: (services: Services) => Promise<string>,
): Promise<number> {
  checkEngine();
  const stop = interruption();
  const started = Date.now();
  const opened = closers();
  let searchId: string | undefined;
  try {
    const services = await openServices({ port: options.port });
    opened.add(() => services.close());
    searchId = await pick(services);
    say(
      `search ${searchId} · tracking ${services.tracking.uri} · ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    );
    const notice = slowEngineNotice();
    if (notice !== undefined) say(notice);
    const tell = errorTeller((line) => say(`\n${line}`));
    const room = await startEngineRoom(services, {
      workers,
      onEvent: (event) => {
        if (event.type === 'failed') {
          say(
            `\n${event.job} failed after ${event.seconds.toFixed(1)} s, attempt ${event.attempt} of ${event.attempts}: ${plain(event.error)}`,
          );
        }
      },
      onError: (error) => tell(error.message),
    });
    // Folds of other searches that this process works on go back to the queue at once.
    opened.add(() => room.close(0));
    const result = await watchSearch(services.searches, searchId, stop.signal);
    const seconds = (Date.now() - started) / 1000;
    const job = await services.searches.getJob(searchId);
    const search = searchPayload.parse(job?.data);
    if (options.json) {
      process.stdout.write(
        `${JSON.stringify(document(search, result, services, workers, seconds), null, 2)}\n`,
      );
    } else {
      await printSummary(search, result, services, seconds);
    }
    return result.status === 'FINISHED' ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    say(
      searchId === undefined
        ? 'Stopped; nothing was submitted.'
        : `Stopped. Nothing is lost: go on with\n  npx gridsearch resume ${searchId}`,
    );
    return EXIT.stopped;
  } finally {
    await opened.close();
    stop.dispose();
  }
}

/** The one document of `--json`. */
function document(
  search: SearchPayload,
  result: SearchResult,
  services: Services,
  workers: number,
  seconds: number,
): Record<string, unknown> {
  const { context } = search;
  const { complete, pruned, failed } = result.trials;
  return {
    searchId: context.searchId,
    experimentId: context.experimentId,
    parentRunId: context.parentRunId,
    trackingUri: services.tracking.uri,
    status: result.status,
    ...(result.reason !== undefined && { reason: result.reason }),
    engine: result.engine ?? null,
    workers,
    seconds: Math.round(seconds * 1000) / 1000,
    trials: { total: complete + pruned + failed, finished: complete, pruned, failed },
    folds: { total: result.folds.finished + result.folds.failed, ...result.folds },
    best: result.best ?? null,
    refit: result.refit ?? null,
    registered: result.registered ?? null,
  };
}

async function printSummary(
  search: SearchPayload,
  result: SearchResult,
  services: Services,
  seconds: number,
): Promise<void> {
  const { client } = services.tracking;
  const { context } = search;
  const shown = { children: 20, folds: 0 };
  const runs = await searchRuns(client, await client.getRun(context.parentRunId), shown);
  const lines = ['', childrenTable(runs, shown.children), ''];
  if (result.status === 'FAILED') lines.push(`The search failed: ${plain(result.reason ?? '')}`);
  if (result.refit !== undefined && result.registered !== undefined) {
    const { metric } = context.objective;
    const score = result.refit.testMetrics[metric];
    const { name, version, aliases } = result.registered;
    lines.push(
      `Winner refit on all development rows: test ${metric} ${score?.toFixed(4) ?? '–'}`,
      `Registered as ${name} version ${version} (${aliases.join(', ') || 'no alias'})`,
    );
  }
  lines.push(
    `${result.folds.finished} folds finished, ${result.folds.failed} failed, ${seconds.toFixed(1)} s, engine ${result.engine ?? '–'}`,
    '',
    'Look closer:',
    `  npx gridsearch show ${context.searchId}`,
  );
  if (result.registered !== undefined) {
    lines.push(`  npx gridsearch predict ${result.registered.name} "worth every penny"`);
  }
  process.stdout.write(`${lines.join('\n')}\n`);
}
