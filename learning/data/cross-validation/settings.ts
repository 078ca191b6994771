/** A cross-validation as plain values, and what its strategy makes of them. */
import { z } from 'zod';
import { entryOf, namesOf } from '../../table.js';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';
import type { CrossValidationStrategy } from './strategy.js';
import { STRATEGIES } from './table.js';

export type StrategyName = keyof typeof STRATEGIES;
export const STRATEGY_NAMES = namesOf<StrategyName>(STRATEGIES);

export const ENTRIES: readonly [string, CrossValidationStrategy][] =
  Object.entries<CrossValidationStrategy>(STRATEGIES);

/** How the development rows are split: plain values with all defaults filled in. */
export type CrossValidation = {
  [Name in StrategyName]: { strategy: Name; seed: number } & OwnFields<(typeof STRATEGIES)[Name]['fields']>;
}[StrategyName];

/** Without fields it adds nothing; zod would have it forbid all. */
type OwnFields<Fields extends z.ZodObject> = keyof Fields['shape'] extends never ? unknown : z.output<Fields>;

// A tuple is asked for: a list can't say that it has entries.
export const crossValidation = z.discriminatedUnion(
  'strategy',
  ENTRIES.map(([name, { fields }]) =>
    z.object({
      strategy: z.literal(name),
      ...fields.shape,
      /** Of the shuffling. */
      seed: z.number().int().nonnegative(),
    }),
  ) as never,
) as z.ZodType<CrossValidation>;

/** Number of folds a trial has in all. */
export const foldCount = (cv: CrossValidation, facts: Pick<DatasetFacts, 'groups'>): number =>
  strategyOf(cv.strategy).folds(cv, facts);

/** How many of them, the first ones, score it; those after them are inner folds of nested cross-validation. */
export function scoredCount(cv: CrossValidation, facts: Pick<DatasetFacts, 'groups'>): number {
  const strategy = strategyOf(cv.strategy);
  return strategy.scored?.(cv, facts) ?? strategy.folds(cv, facts);
}

/** What a cross-validation asks of the data and they can't give. */
export const crossValidationComplaints = (cv: CrossValidation, facts: DatasetFacts): Complaint[] =>
  strategyOf(cv.strategy).complaints(cv, facts);

/** Whether a fold's validation rows may lack a class altogether. */
export const mayLackClass = (cv: CrossValidation, facts: DatasetFacts): boolean =>
  strategyOf(cv.strategy).mayLackClass?.(cv, facts) ?? false;

/** What misleads in it. */
export const crossValidationWarnings = (cv: CrossValidation): string[] =>
  strategyOf(cv.strategy).warnings?.(cv) ?? [];

/** @throws Error when there is no such strategy */
export const strategyOf = (name: string): CrossValidationStrategy =>
  entryOf<CrossValidationStrategy>(STRATEGIES, 'cross-validation', name);
