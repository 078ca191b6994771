/**
 * The contract of pruners: whether a trial is worth its next fold, and a fold its next epochs.
 *
 * A pruner is pure, and what it reads can't depend on the order in which workers finish: complete generations, and the
 * rungs that the trial itself has behind it. A score that is missing is NaN. From such evidence nobody is stopped: a
 * trial with a fold that failed fails, with the reason of that fold, which a rule's verdict would hide.
 *
 * Between folds the orchestrator decides. Within a fold its worker does, after a fixed epoch, and may not ask anybody: so a rule
 * makes of what is known a bar for each of these epochs, which travels with the fold.
 */
import type { Direction } from '../../../review/analysis/index.js';

/** Why a trial was stopped between folds: all that a person needs to believe it. */
export interface Stop {
  readonly rule: string;
  /** Folds that were done. */
  readonly rung: number;
  /** Finite ones, by what they are. */
  readonly numbers: Readonly<Record<string, number>>;
}

export interface FoldRule {
  /** One line for whoever chooses among rules. */
  readonly purpose: string;
  /** @returns undefined to go on */
  decide(evidence: FoldEvidence): Stop | undefined;
}

/** Whom a trial has to beat. */
export interface Incumbent {
  /** Its configuration's place in the order of proposal. */
  readonly index: number;
  /** In the order of folds: of all of them, or when it leads its own generation of those so far. */
  readonly scores: readonly number[];
}

/** What decides after a fold whether the trial gets another. */
export interface FoldEvidence {
  readonly direction: Direction;
  /** The trial's folds so far, in their order: as many as the rung's number. */
  readonly scores: readonly number[];
  /** Undefined while there is nobody to compare with; then nobody is stopped. */
  readonly incumbent: Incumbent | undefined;
  /** Rows that a fold is scored on by rows that it trains on: 1 / (k − 1) with k folds. */
  readonly testShare: number;
}

/** What a fold's best score so far must not be worse than, if it is to be trained any further. */
export interface Bar {
  readonly bar: number;
  /** What else a person needs to believe it, by what it is. */
  readonly numbers: Readonly<Record<string, number>>;
}

export interface EpochRule {
  /** One line for whoever chooses among rules. */
  readonly purpose: string;
  /**
   * @param others - Finite best scores up to one of the fixed epochs: of every fold of complete generations that came as far,
   *   whether or not it was stopped there: without those that were, each stop would raise the bar for the next.
   * @returns undefined while they are too few to tell
   */
  bar(others: readonly number[], direction: Direction): Bar | undefined;
}
