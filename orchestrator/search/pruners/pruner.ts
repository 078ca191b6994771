/**
 * The contract of a pruner: whether a trial is worth its next rung (one more fold, or a fixed number of epochs).
 *
 * A pruner is pure, and reads only what can't depend on the order in which workers finish: complete generations, and
 * completed rungs of its own generation.
 */
import type { Objective } from '../../../queue/index.js';
import type { Observation } from '../strategies/index.js';

/** What a decision rests on. */
export interface Evidence {
  readonly objective: Objective;
  /** The trial in question: its scores so far, in the order of folds. */
  readonly trial: Pick<Observation, 'configuration' | 'scores'>;
  /** Rungs that the trial has completed, from 1. */
  readonly rung: number;
  /** Trials of complete generations, and of this one after the same rung; sorted by configuration. */
  readonly others: readonly Observation[];
}

/** Go on, or stop; with the rule and the numbers that a person needs to believe it. */
export type Decision =
  | { readonly prune: false }
  | {
      readonly prune: true;
      readonly rule: string;
      readonly rung: number;
      readonly numbers: Readonly<Record<string, number>>;
    };

export interface Pruner {
  decide(evidence: Evidence): Decision;
}
