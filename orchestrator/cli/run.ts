/** `run FILE` and `resume [SEARCH]`: everything embedded, from the file to the registered model. */
import { bestTrials, readOutcome, readSearch, type SearchOutcome } from '../../review/results/index.js';
import {
  checkEngine,
  closers,
  InputError,
  openServices,
  prepare,
  type Services,
  searchToResume,
  slowEngineNotice,
  startTraining,
  submit,
  workerCount,
} from '../app/index.js';
import { EXIT } from './exit.js';
import { interruption } from './interrupt.js';
import { errorTeller } from './outage.js';
import { print, printJson, say } from './output.js';
import { plain } from './render.js';
import { COMPARED, trialsTable } from './tables.js';
import { watchSearch } from './watch.js';

export interface RunOptions {
  readonly workers: string;
  readonly port: number;
  readonly json: boolean;
}

/** Validates, submits, trains and reports. */
export async function runCommand(file: string, options: RunOptions): Promise<number> {
  const workers = workerCount(options.workers);
  if (workers === 0) throw new InputError('--workers is 0; `run` needs a worker, `submit` only queues');
  const submission = await prepare(file, (name) => say(`reading ${plain(name)}…`));
  return carryOut(options, workers, async (services) => (await submit(submission, services)).searchId);
}

/** Goes on with a search that was interrupted; without a name, with the newest one that has not ended. */
export function resumeCommand(search: string | undefined, options: RunOptions): Promise<number> {
  return carryOut(options, workerCount(options.workers), (services) => searchToResume(search, services));
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
    const training = await startTraining(services, {
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
    opened.add(() => training.close(0));
    await watchSearch(services.searches, searchId, stop.signal);
    const seconds = (Date.now() - started) / 1000;
    const outcome = await readOutcome(services.searches, searchId);
    if (options.json) printJson(document(outcome, services, workers, seconds));
    else print(...(await summary(outcome, services, seconds)));
    return outcome.status === 'FINISHED' ? EXIT.done : EXIT.failed;
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
  { searchId, experimentId, parentRunId, status, reason, engine, ...outcome }: SearchOutcome,
  services: Services,
  workers: number,
  seconds: number,
) {
  const { trials, folds, best, refit, registered } = outcome;
  return {
    searchId,
    experimentId,
    parentRunId,
    trackingUri: services.tracking.uri,
    status,
    ...(reason !== undefined && { reason }),
    engine,
    workers,
    seconds: Math.round(seconds * 1000) / 1000,
    trials,
    folds,
    best,
    refit,
    registered,
  };
}

/** Trials that the summary lists. */
const LISTED = 20;

async function summary(
  { searchId, parentRunId, objective, status, reason, engine, folds, refit, registered }: SearchOutcome,
  { tracking }: Services,
  seconds: number,
): Promise<string[]> {
  const search = await readSearch(tracking.client, parentRunId);
  const trials = await bestTrials(tracking.client, search, COMPARED);
  const lines = ['', trialsTable(search, trials, LISTED), ''];
  if (status === 'FAILED') lines.push(`The search failed: ${plain(reason ?? '')}`);
  if (refit !== null && registered !== null) {
    const score = refit?.testMetrics[objective.metric];
    lines.push(
      `Winner refit on all development rows: test ${objective.metric} ${score?.toFixed(4) ?? '–'}`,
      `Registered as ${registered?.name} version ${registered?.version} (${registered?.aliases.join(', ') || 'no alias'})`,
    );
  }
  lines.push(
    `${folds.finished} folds finished, ${folds.failed} failed, ${seconds.toFixed(1)} s, engine ${engine ?? '–'}`,
    '',
    'Look closer:',
    `  npx gridsearch show ${searchId}`,
  );
  if (registered !== null) lines.push(`  npx gridsearch predict ${registered?.name} "worth every penny"`);
  return lines;
}
