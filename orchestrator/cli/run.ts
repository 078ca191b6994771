/** `run FILE` and `resume [SEARCH]`: everything embedded, from the file to the registered model. */
import { openPage, pageFront } from '../../review/page/server/index.js';
import {
  type Evidence,
  readEvidence,
  readOutcome,
  readSearch,
  type SearchOutcome,
  type SearchSummary,
} from '../../review/results/index.js';
import {
  checkEngine,
  checkEnvironment,
  closers,
  earlierOf,
  exampleText,
  GaveUpError,
  openServices,
  openTimeline,
  prepareSpace,
  readSearchSpace,
  resumeSearch,
  runToAdopt,
  type Services,
  simplicity,
  slowEngineNotice,
  startOthers,
  startTraining,
  submit,
  TAGS,
  type Timeline,
} from '../app/index.js';
import type { Ahead } from './ahead.js';
import type { DocumentOf } from './documents/index.js';
import { printError } from './errors.js';
import { EXIT } from './exit.js';
import { terminalWidth } from './fit.js';
import { interruption } from './interrupt.js';
import { jobLine } from './job-line.js';
import { openInBrowser } from './open-in-browser.js';
import { outageTeller } from './outage.js';
import { tellOutlook } from './outlook.js';
import { print, printDocument, say } from './output.js';
import { resumedElsewhere, tellOfOthers } from './pause.js';
import { fixed, plain, shellWord, warningLines } from './render.js';
import type { SubmitOptions } from './submit.js';
import { alikeLines, baselineLines, nestedLines, trialsTable } from './tables.js';
import { timingLines } from './timing.js';
import { watchSearch } from './watch.js';

export interface RunOptions {
  readonly workers: string;
  readonly port: number;
  /** ms. */
  readonly patience: number;
  /** Whether to show the page in a browser, also after the end. */
  readonly open: boolean;
  /** Whether to tell what the time was spent on. */
  readonly timing: boolean;
  readonly json: boolean;
}

/** Validates, submits, trains and reports. */
export async function runCommand(
  file: string,
  options: RunOptions & Pick<SubmitOptions, 'fresh' | 'idempotencyKey'>,
  { workers, pool }: Ahead,
): Promise<number> {
  const timeline = openTimeline();
  startOthers(pool);
  // Nothing but the processes is opened before all is checked.
  checkEnvironment();
  checkEngine();
  const space = await timeline.during('search space read', () => readSearchSpace(file));
  const submission = await timeline.during('rows read and split', () =>
    prepareSpace(space, (line) => say(plain(line))),
  );
  const { warnings } = submission.rows;
  const { fresh, idempotencyKey: key } = options;
  const queued = async (services: Services): Promise<Picked> => {
    const parent = await runToAdopt(services.tracking, { staysUntilTheEnd: true });
    const earlier = await earlierOf(submission, services, { fresh, trainsHere: true });
    const told = tellOutlook({ file, submission, held: earlier.held, own: workers }, services);
    const { searchId, already } = await submit(submission, services, { parent, earlier, key }).finally(
      () => told,
    );
    if (already) say(`search ${searchId} was submitted before, under the same key`);
    return { searchId, held: earlier.held };
  };
  return carryOut(options, { workers, pool, timeline }, queued, new Set(warnings));
}

/**
 * Goes on with a search that was interrupted or paused; without a name, with the newest one that has not ended. One that was paused
 * and that others carry out needs nothing more.
 */
export async function resumeCommand(
  search: string | undefined,
  options: RunOptions,
  ahead: Ahead,
): Promise<number> {
  startOthers(ahead.pool);
  checkEngine();
  return carryOut(options, { ...ahead, timeline: openTimeline() }, async (services) => {
    const { searchId, wasPaused } = await resumeSearch(search, services);
    if (wasPaused && (await resumedElsewhere(searchId, services, options))) return undefined;
    if (!wasPaused) await tellOfOthers(services);
    return { searchId, held: null };
  });
}

/** The search to carry out, and how many of its folds earlier ones held; null where nobody looked. */
interface Picked {
  readonly searchId: string;
  readonly held: number | null;
}

async function carryOut(
  options: RunOptions,
  { workers, pool, timeline }: Ahead & { timeline: Timeline },
  pick: (services: Services) => Promise<Picked | undefined>,
  said: ReadonlySet<string> = new Set(),
): Promise<number> {
  const stop = interruption();
  const started = Date.now();
  const opened = closers();
  let searchId: string | undefined;
  try {
    const { port } = options;
    const services = await openServices({ port, front: pageFront, timeline });
    opened.add(() => services.close());
    const page = await openPage(services, { port });
    opened.add(() => page.close());
    const picked = await timeline.during('search queued', () => pick(services));
    if (picked === undefined) return EXIT.done;
    searchId = picked.searchId;
    say(
      `search ${searchId} · tracking ${services.tracking.uri} · ${workers} ${workers === 1 ? 'worker' : 'workers'}`,
    );
    const address = `${page.uri}/searches/${searchId}`;
    say(`watch it at ${address}`);
    if (options.open) await openInBrowser(address);
    const notice = slowEngineNotice();
    if (notice !== undefined) say(notice);
    const tell = outageTeller((line) => say(`\n${line}`));
    const over = new AbortController();
    const training = await startTraining(services, {
      workers,
      pool,
      patienceMs: options.patience,
      onStep: timeline.heard,
      onSearch: (event) => {
        if (event.type !== 'ended' || event.searchId !== searchId) return;
        timeline.searchEnded();
        over.abort();
      },
      onJob: (event) => {
        timeline.heard(event);
        if (event.type === 'failed') say(`\n${jobLine(event)}`);
      },
      onWaiting: tell.waiting,
      onError: (error) => tell.error(error.message),
    });
    // Folds of other searches that this process works on go back to the queue at once.
    opened.add(() => training.close(0));
    const { searches, tracking, redis } = services;
    const watching = new AbortController();
    const watched = watchSearch(
      { searches, redis, client: tracking.client, ended: over.signal },
      searchId,
      AbortSignal.any([stop.signal, watching.signal]),
    );
    await Promise.race([watched, training.gaveUp]).finally(() => watching.abort());
    const seconds = (Date.now() - started) / 1000;
    const outcome = await readOutcome(services.searches, searchId);
    const search = await readSearch(tracking.client, outcome.parentRunId);
    const evidence = await readEvidence(tracking.client, search, simplicity);
    if (options.json)
      printDocument('run', document(outcome, services, { workers, seconds, ...picked }, evidence));
    else print(...(await summary(outcome, services, seconds, said, { search, evidence })));
    if (options.open) {
      say(`\nReview it at ${address}; Ctrl-C stops.`);
      await stop.stopped;
    }
    return outcome.status === 'FINISHED' ? EXIT.done : EXIT.failed;
  } catch (error) {
    if (error instanceof GaveUpError && searchId !== undefined) {
      const message = `${plain(error.message)}\nNothing is lost: go on with\n  npx gridsearch resume ${searchId}`;
      say(`\n${message}`);
      printError(message, EXIT.failed);
      return EXIT.failed;
    }
    if (!stop.signal.aborted) throw error;
    const message =
      searchId === undefined
        ? 'Stopped; nothing was submitted.'
        : `Stopped. Nothing is lost: go on with\n  npx gridsearch resume ${searchId}`;
    say(message);
    printError(message, EXIT.stopped);
    return EXIT.stopped;
  } finally {
    await timeline.during('closed', () => opened.close());
    stop.dispose();
    if (options.timing) timingLines(timeline.spans()).forEach(say);
  }
}

/** The one document of `--json`. */
function document(
  { searchId, experimentId, parentRunId, status, reason, engine, ...outcome }: SearchOutcome,
  { tracking }: Services,
  { workers, seconds, held }: { workers: number; seconds: number } & Pick<Picked, 'held'>,
  { baselines, nested }: Pick<Evidence, 'baselines' | 'nested'>,
): DocumentOf<'run'> {
  const { trials, folds, best, refit, registered } = outcome;
  return {
    searchId,
    experimentId,
    parentRunId,
    trackingUri: tracking.embedded ? null : tracking.uri,
    status,
    failure: reason ?? null,
    engine,
    workers,
    seconds,
    trials,
    folds,
    held,
    best,
    refit,
    registered,
    baselines: [...baselines],
    nested,
  };
}

/** Trials that the summary lists. */
const LISTED = 20;

/** What came of it, once it has ended. */
export async function summary(
  { searchId, objective, status, reason, engine, trials, folds, refit, registered }: SearchOutcome,
  { tracking }: Services,
  seconds: number,
  said: ReadonlySet<string>,
  { search, evidence }: { search: SearchSummary; evidence: Evidence },
): Promise<string[]> {
  const width = terminalWidth();
  const lines = ['', trialsTable(evidence, { most: LISTED, width }), '', ...alikeLines(evidence)];
  if (status === 'FAILED') lines.push(`The search failed: ${plain(reason ?? '')}`);
  else if (search.cut !== null) lines.push(`The search was ${plain(search.cut)}.`);
  if (refit !== null && registered !== null) {
    const score = refit.testMetrics[objective.metric];
    const { name, version } = registered;
    const { aliases, tags } = await tracking.client.getModelVersion(name, version);
    const verdict = tags[TAGS.verdict];
    lines.push(
      `Winner refit on all development rows: test ${objective.metric} ${fixed(score)}`,
      `Registered as ${name} version ${version} (${aliases.join(', ') || 'no alias'})${verdict ? `: ${verdict}` : ''}`,
    );
  }
  lines.push(
    ...nestedLines(evidence),
    ...baselineLines(evidence),
    ...warningLines(search.warnings.filter((line) => !said.has(line))),
    [
      `${folds.finished} folds finished`,
      ...(search.reused === null ? [] : [`${search.reused.folds} of them taken over`]),
      `${folds.failed} failed`,
      // What pruning was asked for.
      ...(trials.pruned > 0 ? [`${folds.spared} spared by pruning ${trials.pruned} trials`] : []),
      `${seconds.toFixed(1)} s`,
      `engine ${engine ?? '–'}`,
    ].join(', '),
    '',
    'Look closer:',
    `  npx gridsearch show ${searchId}`,
    `  npx gridsearch review ${searchId}`,
  );
  if (registered !== null && refit !== null) {
    const text = (await exampleText(tracking.client, refit.runId)) ?? 'a text of your own';
    const model = shellWord(`${registered.name}/${registered.version}`);
    lines.push(`  npx gridsearch predict ${model} ${shellWord(text)}`);
  }
  return lines;
}
