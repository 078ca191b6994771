/** Whether a fold is worth its next epoch: asked of what came with it, so that the answer is the same wherever and whenever it is trained. */
import type { FoldPayload, FoldResult, Objective, StopEvidence } from '../queue/index.js';

/** A fold's way through the fixed epochs. */
export interface EpochWatch {
  /**
   * To be told of every epoch, in order.
   *
   * @param score - On the rows that score the fold.
   * @returns why the fold is to be stopped; it is told no more then
   */
  see(epoch: number, score: number): StopEvidence | undefined;
  /** The best score up to each of the fixed epochs so far. */
  readonly rungs: NonNullable<FoldResult['rungs']>;
}

export function watchEpochs(
  { fold, pruning = { rule: '', epochs: [], bars: [] } }: Pick<FoldPayload, 'fold' | 'pruning'>,
  { direction }: Pick<Objective, 'direction'>,
): EpochWatch {
  const { rule, epochs, bars } = pruning;
  const isBetter = (a: number, b: number): boolean => (direction === 'maximize' ? a > b : a < b);
  const rungs: { epoch: number; score: number }[] = [];
  let best = Number.NaN;
  return {
    rungs,
    see(epoch, score) {
      if (Number.isFinite(score) && !(isBetter(best, score) || best === score)) best = score;
      const rung = epochs.indexOf(epoch) + 1;
      if (rung === 0 || !Number.isFinite(best)) return undefined;
      rungs.push({ epoch, score: best });
      const found = bars.find((one) => one.epoch === epoch);
      // As good as the bar is good enough.
      if (found === undefined || !isBetter(found.bar, best)) return undefined;
      return { rule, rung, at: { fold, epoch }, numbers: { score: best, bar: found.bar, ...found.numbers } };
    },
  };
}
