/**
 * A generation that is pruned: a step of its window's job for every rung. A rung hands out one more fold of each trial that is
 * left; once all of them have ended, the rule reads them, in the order of configurations, and stops whom it stops. At the
 * end every trial gets its job, which writes what became of it.
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
  readResult,
  type SearchContext,
  STEP,
  saveData,
  sealData,
  type TrialPayload,
  trainingJob,
  trialJobId,
  type WindowPayload,
  type WindowResult,
} from '../../queue/index.js';
import type { Deps } from './deps.js';
import type { FoldEnding } from './outcome.js';
import { waitForChildren } from './plan.js';
import { FOLD_RULES, type FoldRule, raceStops } from './pruners/index.js';
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
      for (const runner of missing) await giveFolds(window, runner, job, deps);
      await waitForChildren(job, token);
      continue;
    }
    const stops = race.rung === 0 || race.rung === folds ? {} : stopsOf(window, left);
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
    const given = race.stops[configuration.index]?.rung ?? race.rung;
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

/** Neither stopped nor failed. */
const isLeft = ({ race }: Racing, { configuration, endings }: Runner): boolean =>
  race.stops[configuration.index] === undefined &&
  !endings.some((ending) => ending !== undefined && 'reason' in ending);

function stopsOf({ race, objective, folds }: Racing, left: readonly Runner[]): Racing['race']['stops'] {
  const { incumbent } = race;
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
  const stops = raceStops(ruleOf(race.rule), { direction, history, racers, testShare });
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

/** @throws Error when a search was submitted with a rule that this version lacks */
function ruleOf(name: string): FoldRule {
  const rules: Readonly<Record<string, FoldRule>> = FOLD_RULES;
  const found = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (found !== undefined) return found;
  throw new Error(`no fold rule "${name}" in this version; there are ${Object.keys(rules).join(', ')}`);
}

/** What it was given and has no ending of: the rung's fold. Added twice it is there once. */
async function giveFolds(
  { race: { context, retries } }: Racing,
  { configuration, runId: trialRunId, endings }: Runner,
  job: Job,
  { folds }: Deps,
): Promise<void> {
  for (const [fold, ending] of endings.entries()) {
    if (ending !== undefined) continue;
    const jobId = foldJobId(context.searchId, configuration, fold);
    const data: FoldPayload = { kind: 'fold', context, configuration, trialRunId, window: job.id!, fold };
    await folds.add('fold', sealData(jobId, data), {
      ...trainingJob(retries),
      jobId,
      parent: { id: job.id!, queue: job.queueQualifiedName },
    });
  }
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
