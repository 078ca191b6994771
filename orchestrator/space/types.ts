import type { CrossValidation, DatasetSpec } from '../../learning/data/index.js';
import type { Objective } from '../../learning/metrics/index.js';
import type { ParameterValue } from '../../learning/models/index.js';
import type { Budget } from './budget.js';
import type { Path, Position } from './issues.js';

/** One parameter of a model kind with the values to try; a fixed parameter has one. */
export interface Axis {
  readonly parameter: string;
  /** Of a continuous parameter its two ends. */
  readonly values: readonly ParameterValue[];
  /** What a strategy that draws takes values from. */
  readonly range?: ContinuousRange;
}

export interface ContinuousRange {
  readonly min: number;
  readonly max: number;
  readonly scale: 'linear' | 'log';
  /** Whether only whole numbers are meant. */
  readonly integer: boolean;
}

/** The strategies that a file can name. */
export const STRATEGY_KINDS = ['grid', 'random', 'sobol', 'tpe', 'list'] as const;

/** What stops configurations between folds. */
export const FOLD_PRUNING = ['off', 'forgiving', 'aggressive', 'corrected_t_test'] as const;

/** What stops them within their first fold. */
export const EPOCH_PRUNING = ['off', 'median', 'successive_halving'] as const;

/** How configurations are chosen. */
export interface StrategySpec {
  readonly kind: (typeof STRATEGY_KINDS)[number];
  readonly order?: 'declared' | 'spread';
  readonly max_trials?: number;
  /** Configurations of a generation, of an adaptive or a pruned search. */
  readonly generation?: number;
  readonly seed?: number;
}

/** The part of the grid that belongs to one model kind; of a list, one of its configurations. */
export interface ModelSpace {
  readonly model: string;
  /** Where its parameters are written. @defaultValue `models` and the kind */
  readonly place?: Path;
  /** Every parameter of the kind, training parameters last; the last axis varies fastest. */
  readonly axes: readonly Axis[];
}

export const placeOf = ({ model, place = ['models', model] }: ModelSpace): Path => place;

/** A validated search space with all defaults filled in: a plain value that survives JSON. */
export interface SearchSpace {
  readonly name: string;
  readonly dataset: DatasetSpec;
  readonly cross_validation: CrossValidation;
  readonly objective: Objective;
  readonly strategy: StrategySpec;
  readonly pruning: {
    readonly folds: (typeof FOLD_PRUNING)[number];
    readonly epochs: (typeof EPOCH_PRUNING)[number];
  };
  readonly budget: Budget;
  readonly models: readonly ModelSpace[];
  /** What configurations must satisfy, in CEL. */
  readonly where: readonly string[];
  readonly seed: number;
  /** Further attempts at a fold that failed. */
  readonly retries: number;
  readonly registered_model: string;
  /** What the winner is held against, trained by itself. */
  readonly baseline: 'tfidf' | 'off';
  readonly source: {
    readonly file: string;
    readonly text: string;
    /** Where each field stands in the text, for messages about what only the data can tell. */
    readonly positions: Readonly<Record<string, Position>>;
  };
}
