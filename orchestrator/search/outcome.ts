/** The one place that turns an ending into an outcome: of a trial from its folds, of a window from its trials. */
import type {
  BestTrial,
  Counts,
  FoldResult,
  Objective,
  Outcome,
  StopEvidence,
  TrialResult,
  WindowResult,
} from '../../queue/index.js';
import { isBetter, meanAndStd } from '../../review/analysis/index.js';

/** A fold's result, or why it has none. */
export type FoldEnding = FoldResult | { readonly reason: string };

/**
 * A trial's outcome. One with a failed fold fails, be it an inner one: a mean over fewer folds is not comparable.
 *
 * @param endings - In the order of folds; of one that was stopped, those that it was given.
 * @param stopped - Why it was stopped before its last fold.
 * @param scored - The first so many folds score it.
 */
export function trialOutcome(
  endings: readonly FoldEnding[],
  { metric }: Objective,
  stopped?: StopEvidence,
  scored = endings.length,
): Outcome {
  const reasons = endings.flatMap((ending, fold) =>
    'reason' in ending ? [`fold ${fold}: ${ending.reason}`] : [],
  );
  const done = finishedFolds(endings);
  const scores = done.map(({ score }) => score).filter((score) => score !== null);
  // What a fold scored that was stopped itself is no matter.
  const unscored = stopped?.at === undefined ? done.length - scores.length : 0;
  if (unscored > 0) reasons.push(`${unscored} of ${endings.length} folds have no ${metric}`);
  if (reasons.length > 0) return { kind: 'failed', reason: reasons.join('; ').slice(0, 4000) };
  if (stopped !== undefined) return { kind: 'pruned', reason: describeStop(stopped) };
  const epochs = meanAndStd(done.slice(0, scored).map(({ bestEpoch }) => bestEpoch)).mean;
  const counted = scores.slice(0, scored);
  return {
    kind: 'complete',
    ...meanAndStd(counted),
    epochs: Math.max(1, Math.round(epochs)),
    scores: counted,
  };
}

/** For people: `forgiving, after 1 fold against configuration 6: mean 0.71, incumbent worst 0.78`. */
export function describeStop({ rule, rung, at, numbers: { incumbent, ...numbers } }: StopEvidence): string {
  if (at !== undefined) return describeEpochStop(rule, at.epoch, numbers);
  const evidence = Object.entries(numbers).map(([name, value]) => {
    // `incumbentWorst` reads as `incumbent worst`.
    const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
    return `${words} ${Number(value.toPrecision(4))}`;
  });
  const whom = incumbent === undefined ? '' : ` against configuration ${incumbent}`;
  return `${rule}, after ${rung} ${rung === 1 ? 'fold' : 'folds'}${whom}: ${evidence.join(', ')}`;
}

/** For people: `median, at epoch 3 of its first fold: 0.52, the median of 24 others was 0.61`. */
function describeEpochStop(rule: string, epoch: number, numbers: StopEvidence['numbers']): string {
  const { score, bar, others, place } = numbers;
  const told = (value = Number.NaN): string => String(Number(value.toPrecision(4)));
  const whose =
    place === undefined ? `the ${rule} of ${others} others` : `place ${place} of ${others} others`;
  return `${rule}, at epoch ${epoch} of its first fold: ${told(score)}, ${whose} was ${told(bar)}`;
}

/** The results among endings. */
export const finishedFolds = (endings: readonly FoldEnding[]): FoldResult[] =>
  endings.filter((ending): ending is FoldResult => !('reason' in ending));

/**
 * A window's trials added up. A trial whose own job broke has no result: it and all its folds count as failed, so that the
 * sums are always those of the window.
 *
 * @param results - Of those trials whose jobs completed.
 */
export function windowOutcome(
  results: readonly TrialResult[],
  size: { trials: number; foldsPerTrial: number },
  objective: Objective,
): WindowResult {
  const ofKind = (kind: Outcome['kind']): number =>
    results.filter(({ outcome }) => outcome.kind === kind).length;
  const broken = size.trials - results.length;
  const finished = results.reduce((sum, { folds }) => sum + folds.finished, 0);
  const failed = results.reduce((sum, { folds }) => sum + folds.failed, 0) + broken * size.foldsPerTrial;
  const spared = results.reduce((sum, { folds }) => sum + folds.spared, 0);
  const best = results
    .toSorted((a, b) => a.configuration.index - b.configuration.index)
    .reduce<BestTrial | undefined>((best, result) => betterOf(best, trialOf(result), objective), undefined);
  return {
    trials: { complete: ofKind('complete'), pruned: ofKind('pruned'), failed: ofKind('failed') + broken },
    folds: { finished, failed, spared },
    ...(best && { best }),
  };
}

/** A complete trial as a candidate for the win. */
function trialOf({ runId, configuration, outcome }: TrialResult): BestTrial | undefined {
  if (outcome.kind !== 'complete') return undefined;
  const { kind: _, ...measured } = outcome;
  return { runId, configuration, ...measured };
}

/** The better of two; the first of equal ones, so that what comes first in the order of proposal wins. */
export function betterOf(
  first: BestTrial | undefined,
  second: BestTrial | undefined,
  { direction }: Objective,
): BestTrial | undefined {
  if (first === undefined || second === undefined) return first ?? second;
  return isBetter(second.mean, first.mean, direction) ? second : first;
}

/** Two counts in one. */
export function sumCounts(a: Counts, b: Counts): Counts {
  return {
    trials: {
      complete: a.trials.complete + b.trials.complete,
      pruned: a.trials.pruned + b.trials.pruned,
      failed: a.trials.failed + b.trials.failed,
    },
    folds: {
      finished: a.folds.finished + b.folds.finished,
      failed: a.folds.failed + b.folds.failed,
      spared: a.folds.spared + b.folds.spared,
    },
  };
}
