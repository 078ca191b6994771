/**
 * A generation that is pruned: a step of its window's job for every rung. A rung hands out one more fold of each trial that is
 * left; once all of them have ended, the fold rule, if there is one, reads them, in the order of configurations, and stops whom it stops.
 * Where epochs are pruned the first folds carry what they are held against, and a trial whose fold was stopped is stopped.
 * At the end every trial gets its job, which writes what became of it.
 *
 * What was decided is written down before anything follows from it, and job ids are fixed: killed anywhere, the window goes on as if it
 * had not been.
 */
import type { Job } from 'bullmq';
import {
  CHILD,
  type Configuration,
  childFailures,
  childValues,
  type FoldPayload,
  foldJobId,
  foldResult,
  mustHold,
  placeJobs,
  readResult,
  type SearchContext,
  STEP,
  type StopEvidence,
  saveData,
  sealData,
  type TrialPayload,
  trialJobId,
  type WindowPayload,
  type WindowResult,
} from '../../queue/index.js';
import type { Deps } from './deps.js';
import { foldJob } from './fold-job.js';
import type { FoldEnding } from './outcome.js';
import { waitForChildren } from './plan.js';
import { epochRungs, FOLD_RULES, raceStops, ruleOf } from './pruners/index.js';
import { takeOver, type Wanted } from './take-over.js';
import { sumWindow } from './window.js';

/** A window that is pruned. */
type Racing = WindowPayload & { readonly race: NonNullable<WindowPayload['race']> };

/** A trial of it, with the folds that it was given so far, in their order. */
interface Runner {
  readonly configuration: Configuration;
  readonly runId: string;
  readonly endings: readonly (FoldEnding | undefined)[];
}

export const isRace = (window: WindowPayload): window is Racing => window.race !== undefined;

/**
 * Carries a pruned window as far as it gets.
 *
 * @throws WaitingChildrenError once the job is parked until a rung, or its trials, have ended
 * @throws NotHeldError with nothing added, when another process carries the window out by now
 */
export async function raceWindow(
  payload: Racing,
  job: Job,
  token: string,
  deps: Deps,
): Promise<WindowResult> {
  for (let window = payload; ; ) {
    const { race, folds } = window;
    const runners = await runnersOf(window, job);
    const left = runners.filter((runner) => isLeft(window, runner));
    const missing = left.filter(({ endings }) => endings.includes(undefined));
    if (missing.length > 0) {
      await mustHold(deps.redis, job, token);
      const taken = await takeOver(
        { context: race.context, reuse: race.reuse, window: job.id! },
        missing.map(wantedOf),
        { tracking: deps.tracking, mustHold: () => mustHold(deps.redis, job, token) },
      );
      if (taken.length > 0) {
        window = { ...window, race: { ...race, known: [...race.known, ...taken] } };
        await saveData(deps.redis, job, token, window);
        continue;
      }
      const given: string[] = [];
      for (const runner of missing) given.push(...(await giveFolds(window, runner, job, deps)));
      await placeJobs(deps.redis, window.searchId, given);
      await waitForChildren(job, token);
      continue;
    }
    const stops = stopsOf(window, left);
    const goesOn = left.length > Object.keys(stops).length && race.rung < folds;
    if (goesOn || Object.keys(stops).length > 0) {
      const next = { ...race, stops: { ...race.stops, ...stops }, rung: race.rung + (goesOn ? 1 : 0) };
      window = { ...window, race: next };
      await saveData(deps.redis, job, token, window);
      continue;
    }
    await mustHold(deps.redis, job, token);
    await giveTrials(window, runners, job, token, deps);
    return sumWindow(window, job);
  }
}

/** Its trials, but for those that were over before. */
async function runnersOf(window: Racing, job: Job): Promise<Runner[]> {
  const { race, searchId, configurations } = window;
  const values = await childValues(job);
  const failures = await childFailures(job);
  const known = new Map(race.known.map(({ index, fold, result }) => [`${index} ${fold}`, result] as const));
  const over = new Set(window.known?.map(({ configuration }) => configuration.index));
  const endingOf = (configuration: Configuration, fold: number): FoldEnding | undefined => {
    const id = foldJobId(searchId, configuration, fold);
    if (values.has(id)) return readResult(id, values.get(id), foldResult);
    const reason = failures.get(id);
    return reason === undefined ? known.get(`${configuration.index} ${fold}`) : { reason };
  };
  return configurations.flatMap((configuration, i) => {
    if (over.has(configuration.index)) return [];
    const stop = race.stops[configuration.index];
    const given = stop === undefined ? race.rung : foldsBefore(stop);
    const endings: (FoldEnding | undefined)[] = [];
    for (let fold = 0; fold < given; fold++) {
      const ending = endingOf(configuration, fold);
      endings.push(ending);
      // It fails, whatever its other folds would have given, and got none of them.
      if (ending !== undefined && 'reason' in ending) break;
    }
    return [{ configuration, runId: race.runs[i]!, endings }];
  });
}

/** The folds that it was given and that have no ending. */
const wantedOf = ({ configuration, runId, endings }: Runner): Wanted => ({
  configuration,
  runId,
  folds: endings.flatMap((ending, fold) => (ending === undefined ? [fold] : [])),
});

/** Neither stopped nor failed. */
const isLeft = ({ race }: Racing, { configuration, endings }: Runner): boolean =>
  race.stops[configuration.index] === undefined &&
  !endings.some((ending) => ending !== undefined && 'reason' in ending);

/** Folds that a trial was given before it was stopped. */
const foldsBefore = ({ rung, at }: StopEvidence): number => (at === undefined ? rung : at.fold + 1);

/** Whom the rung stops: those whose fold was stopped, and of the others whom the fold rule stops, if another fold would follow. */
function stopsOf(window: Racing, left: readonly Runner[]): Racing['race']['stops'] {
  const within = left.flatMap(({ configuration, endings }) => {
    const last = endings.at(-1);
    return last !== undefined && 'stop' in last && last.stop !== undefined
      ? [[String(configuration.index), last.stop] as const]
      : [];
  });
  const stopped = Object.fromEntries(within);
  const others = left.filter(({ configuration }) => stopped[configuration.index] === undefined);
  return { ...stopped, ...stopsBetween(window, others) };
}

function stopsBetween({ race, objective, folds }: Racing, left: readonly Runner[]): Racing['race']['stops'] {
  const { rule, rung, incumbent } = race;
  if (rule === undefined || rung === 0 || rung === folds) return {};
  const racers = left
    .map(({ configuration, endings }) => ({
      configuration,
      scores: endings.map((ending) =>
        ending !== undefined && 'score' in ending ? (ending.score ?? Number.NaN) : Number.NaN,
      ),
    }))
    .sort((a, b) => a.configuration.index - b.configuration.index);
  const history = incumbent
    ? [
        {
          configuration: incumbent.configuration,
          outcome: 'complete' as const,
          scores: incumbent.scores ?? [],
        },
      ]
    : [];
  const { direction } = objective;
  const testShare = testShareOf(race.context.cross_validation, folds);
  const stops = raceStops(ruleOf(FOLD_RULES, rule), { direction, history, racers, testShare });
  return Object.fromEntries(
    racers.flatMap(({ configuration }, i) => {
      const stop = stops[i];
      return stop === undefined
        ? []
        : [[String(configuration.index), { ...stop, numbers: { ...stop.numbers } }]];
    }),
  );
}

/** Rows that a fold is scored on by rows that it trains on: a repeated k-fold has more folds than splits. */
function testShareOf({ n_splits }: SearchContext['cross_validation'], folds: number): number {
  const splits = typeof n_splits === 'number' ? n_splits : folds;
  return 1 / Math.max(1, splits - 1);
}

/** Adds what it was given and has no ending of: the rung's fold. Added twice it is there once. */
async function giveFolds(
  { race: { context, retries, epochs, reuse } }: Racing,
  { configuration, runId: trialRunId, endings }: Runner,
  job: Job,
  { folds }: Deps,
): Promise<string[]> {
  const parent = { id: job.id!, queue: job.queueQualifiedName };
  const common = { context, configuration, trialRunId, window: job.id!, retries, reuse };
  const ids: string[] = [];
  for (const [fold, ending] of endings.entries()) {
    if (ending !== undefined) continue;
    const pruning = epochs && fold === 0 ? heldAgainst(configuration, epochs) : undefined;
    const { name, data, opts } = foldJob(common, fold, pruning);
    await folds.add(name, data, { ...opts, parent });
    ids.push(opts.jobId);
  }
  return ids;
}

/** What a first fold is held against, and after which epochs; kinds that are solved at once have none. */
function heldAgainst(
  { model, parameters }: Configuration,
  { rule, bars }: NonNullable<Racing['race']['epochs']>,
): NonNullable<FoldPayload['pruning']> {
  const epochs = epochRungs(Number(parameters.epochs ?? 0));
  const own = Object.hasOwn(bars, model) ? bars[model]! : [];
  return { rule, epochs, bars: own.filter(({ epoch }) => epochs.includes(epoch)) };
}

/** Each trial's job, which has nothing to wait for; waits until they have ended. */
async function giveTrials(
  { race, searchId, folds }: Racing,
  runners: readonly Runner[],
  job: Job,
  token: string,
  { searches }: Deps,
): Promise<void> {
  const over = new Set([...(await childValues(job)).keys(), ...(await childFailures(job)).keys()]);
  for (const { configuration, runId, endings } of runners) {
    const jobId = trialJobId(searchId, configuration);
    if (over.has(jobId)) continue;
    const stop = race.stops[configuration.index];
    const data: TrialPayload = {
      kind: 'trial',
      context: race.context,
      configuration,
      runId,
      window: job.id!,
      known: endings.flatMap((ending, fold) =>
        ending !== undefined && !('reason' in ending) ? [{ fold, result: ending }] : [],
      ),
      failed: endings.flatMap((ending, fold) =>
        ending !== undefined && 'reason' in ending ? [{ fold, reason: ending.reason }] : [],
      ),
      ...(endings.length < folds && { given: endings.length }),
      ...(stop && { stop }),
    };
    await searches.add('trial', sealData(jobId, data), {
      ...CHILD,
      ...STEP,
      jobId,
      parent: { id: job.id!, queue: job.queueQualifiedName },
    });
  }
  await waitForChildren(job, token);
}
