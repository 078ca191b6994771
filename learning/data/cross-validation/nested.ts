/**
 * Folds within folds: the outer ones score a configuration, and the inner ones, which split the training rows of each outer fold,
 * tell which configuration one would have picked without its validation rows. What such picks score on the outer folds is an
 * unbiased estimate of the whole search (Varma and Simon 2006; Cawley and Talbot 2010).
 */
import { z } from 'zod';
import { entryOf } from '../../table.js';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';
import type { Fold } from '../types.js';
import { sidesOf } from './sides.js';
import type { CrossValidationStrategy } from './strategy.js';

/** One of the two cross-validations: a strategy and its settings. */
export interface Part {
  readonly strategy: string;
  readonly [setting: string]: string | number;
}

type Strategies = Readonly<Record<string, CrossValidationStrategy>>;
type Fields = z.ZodObject<{ outer: z.ZodType<Part>; inner: z.ZodType<Part> }>;

/** More models than this for one configuration are taken for a slip. */
const MOST_FOLDS = 1000;

/** @param strategies - Those that either part can be. */
export function nestedOf(strategies: Strategies): CrossValidationStrategy<Fields> {
  const names = Object.keys(strategies);
  const parts = { outer: names, inner: names.filter((name) => !strategies[name]!.ofAllRows) };
  const of = ({ strategy }: Part): CrossValidationStrategy =>
    entryOf<CrossValidationStrategy>(strategies, 'cross-validation', strategy);
  const outerFolds = ({ outer }: z.output<Fields>, facts: Pick<DatasetFacts, 'groups'>): number =>
    of(outer).folds(outer, facts);
  const allFolds = (settings: z.output<Fields>, facts: Pick<DatasetFacts, 'groups'>): number =>
    outerFolds(settings, facts) * (1 + of(settings.inner).folds(settings.inner, facts));
  return {
    fields: z.object({
      outer: partSchema(strategies, parts.outer).describe(
        'Folds that score a configuration; default: 3 stratified ones',
      ),
      inner: partSchema(strategies, parts.inner).describe(
        'Folds of what each outer fold trains on, which pick a configuration without the rows that score it; default: 3 stratified ones',
      ),
    }),
    parts,
    folds: allFolds,
    scored: outerFolds,
    /** The outer folds are those of their strategy alone; the inner ones follow, outer fold after outer fold. */
    split(dataset, rows, { outer, inner }, random) {
      const splitBy = (part: Part, some: Int32Array): Fold[] =>
        of(part)
          .split(dataset, some, part, random)
          .map((one) => sidesOf(some, one));
      const folds = splitBy(outer, rows);
      const inside = folds.flatMap(({ train }, index) =>
        // Without rows there is nothing to split, and the outer fold is refused.
        (train.length === 0 ? [] : splitBy(inner, train)).map((fold, split) => ({
          ...fold,
          inner: { outer: index, split },
        })),
      );
      return [...folds, ...inside];
    },
    complaints(settings, facts) {
      const { outer } = settings;
      const found = of(outer)
        .complaints(outer, facts)
        .map(({ field, ...complaint }): Complaint => ({ field: `outer.${field}`, ...complaint }));
      const count = allFolds(settings, facts);
      if (found.length > 0 || count <= MOST_FOLDS) return found;
      return [
        {
          field: 'strategy',
          value: 'nested',
          what: `makes ${count} folds of each configuration, over the limit of ${MOST_FOLDS}`,
          remedy: 'give fewer outer or inner folds',
        },
      ];
    },
    mayLackClass: ({ outer, inner }, facts) =>
      [outer, inner].some((part) => of(part).mayLackClass?.(part, facts) ?? false),
    warnings: ({ outer, inner }) => [
      ...(of(outer).needs === 'time' && of(inner).needs !== 'time'
        ? [
            `inner ${inner.strategy} trains on rows later than those it validates on, and outer ${outer.strategy} does not: what it picks was judged by the future; use inner: { strategy: ${outer.strategy} }`,
          ]
        : []),
      // Those that make one fold do so of any data.
      ...(of(outer).folds(outer, { groups: 0 }) === 1
        ? [
            `outer ${outer.strategy} is one fold: the nested estimate rests on its rows alone and has no deviation; use outer: { strategy: stratified_k_fold }`,
          ]
        : []),
    ],
  };
}

/** A part with the defaults of its strategy filled in. */
function partSchema(strategies: Strategies, names: readonly string[]): z.ZodType<Part> {
  const options = names.map((name) =>
    z.object({ strategy: z.literal(name), ...strategies[name]!.fields.shape }),
  );
  // A tuple is asked for: a list can't say that it has entries.
  const union = z.discriminatedUnion('strategy', options as never) as unknown as z.ZodType<Part, Part>;
  return union.prefault({ strategy: 'stratified_k_fold' });
}
