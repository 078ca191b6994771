/**
 * The contract of a search strategy: which configurations are tried, generation after generation.
 *
 * A strategy is pure: the same space and history give the same proposals, in any process and after any interruption.
 * So a generation that was lost between being proposed and being queued is simply proposed again.
 */
import type { Configuration, ModelAxes, Objective, Outcome } from '../../../queue/index.js';

/** What a strategy searches. */
export interface Space {
  readonly models: readonly ModelAxes[];
  /** What configurations must satisfy. @defaultValue nothing */
  readonly where?: readonly string[] | undefined;
  readonly objective: Pick<Objective, 'direction'>;
  /** Everything random follows from it, unless the strategy has a seed of its own. */
  readonly seed: number;
  /** Its options, as the search was submitted with them. */
  readonly strategy: { readonly kind: string };
}

/** What became of a trial. */
export interface Observation {
  readonly configuration: Configuration;
  readonly outcome: Outcome['kind'];
  /** The objective on each fold; NaN where a fold has none. */
  readonly scores: readonly number[];
  /** Where epochs are pruned: the first fold's best score up to each of the fixed epochs that it reached, by epoch. */
  readonly rungs?: readonly { readonly epoch: number; readonly score: number }[];
}

/** Places in the order of proposal that are to be filled: `from` up to, not including, `to`. */
export interface Generation {
  /** From 0. */
  readonly number: number;
  readonly from: number;
  readonly to: number;
}

/** What constraints leave. */
export interface Left {
  /** Configurations; undefined when there are more than anybody counted. */
  readonly count: number | undefined;
  /** Those of the space without constraints; infinite when a parameter is continuous. */
  readonly all: number;
  /** Configurations that were asked for and are not to be found, though there may be some. */
  readonly missing: number;
}

export interface Strategy {
  /** Whether it reads the history. One that does not gets an empty one, and its windows are as large as memory allows. */
  readonly adaptive: boolean;
  /** Whether any beginning of what it proposes stands for the whole. @defaultValue it does not */
  isEven?(space: Space): boolean;
  /** Configurations that it hands out in all. */
  total(space: Space): number;
  /** What constraints leave of the space; asked only where there are some. */
  left(space: Space): Left;
  /** Configurations of a generation of an adaptive strategy. @defaultValue what a window holds */
  generationSize?(space: Space): number;
  /**
   * The configurations of a generation. Their `index` is their place in the order of proposal.
   *
   * @param history - What all generations but the one before gave, which is still being carried out: sorted by configuration, scores
   *   in the order of folds.
   */
  propose(space: Space, history: readonly Observation[], generation: Generation): Configuration[];
}
