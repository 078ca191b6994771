/** Cross-validation: from what a search space says to folds. */
import { z } from 'zod';
import { randomStream } from '../../random/index.js';
import { entryOf, namesOf } from '../../table.js';
import type { Complaint } from '../complaint.js';
import { groupsOf } from '../draw.js';
import { anyOf, DatasetError } from '../errors.js';
import type { DatasetFacts } from '../facts.js';
import { without } from '../rows.js';
import type { Dataset, Fold } from '../types.js';
import type { CrossValidationStrategy } from './strategy.js';
import { STRATEGIES } from './table.js';

export type { CrossValidationStrategy } from './strategy.js';

type StrategyName = keyof typeof STRATEGIES;
const NAMES = namesOf<StrategyName>(STRATEGIES);
const DEFAULT: StrategyName = 'stratified_k_fold';

const entries: readonly [string, CrossValidationStrategy][] =
  Object.entries<CrossValidationStrategy>(STRATEGIES);

/** How the development rows are split: plain values with all defaults filled in. */
export type CrossValidation = {
  [Name in StrategyName]: { strategy: Name; seed: number } & z.output<(typeof STRATEGIES)[Name]['fields']>;
}[StrategyName];

export const crossValidation = z.discriminatedUnion(
  'strategy',
  entries.map(([name, { fields }]) =>
    z.object({
      strategy: z.literal(name),
      ...fields.shape,
      /** Of the shuffling. */
      seed: z.number().int().nonnegative(),
    }),
  ) as never,
) as z.ZodType<CrossValidation>;

/** The strategies that have a field. */
const ownersOf = (field: string): string[] =>
  entries.filter(([, { fields }]) => field in fields.shape).map(([name]) => name);

/** The fields of all strategies as a search space may have them, and the field that names one of them. */
export const CROSS_VALIDATION_FIELDS = fieldsOfAll();

function fieldsOfAll() {
  const all: Record<string, z.ZodDefault<z.ZodType>> = Object.assign(
    {},
    ...entries.map(([, { fields }]) => fields.shape),
  );
  const described = Object.entries(all).map(([field, schema]) => {
    const owners = ownersOf(field);
    const [without, ...more] = NAMES.filter((name) => !owners.includes(name));
    const whose =
      without === undefined
        ? ''
        : more.length === 0
          ? ` Not with ${without}.`
          : ` With ${anyOf(owners)} only.`;
    const text = `${schema.description}; default ${schema.parse(undefined)}.${whose}`;
    return [field, (schema.unwrap() as z.ZodType).optional().describe(text)];
  });
  return {
    strategy: z
      .enum(NAMES)
      .default(DEFAULT)
      .describe('How the development rows are split; names as in scikit-learn.'),
    ...(Object.fromEntries(described) as Record<string, z.ZodOptional>),
  };
}

type Written = Readonly<Record<string, unknown>>;

/** Fields of a search space's `cross_validation`, which may be wrong in other ways too, that its strategy doesn't have. */
export function strayFields(written: Written): Complaint[] {
  const { strategy = DEFAULT, ...fields } = written;
  const name = NAMES.find((one) => one === strategy);
  if (name === undefined) return [];
  const own = Object.keys(STRATEGIES[name].fields.shape);
  return Object.entries(fields)
    .filter(([field, value]) => value !== undefined && !own.includes(field) && ownersOf(field).length > 0)
    .map(([field, value]) => ({
      field,
      value,
      what: `goes with strategy ${family(ownersOf(field))} only`,
      remedy: `remove it: ${name} takes ${own.join(' and ')}, or use strategy: ${anyOf(ownersOf(field))}`,
    }));
}

/** `k_fold and its kin`, where one name is in all of them. */
function family(names: readonly string[]): string {
  const root = names.find((name) => names.every((other) => other.includes(name)));
  return names.length > 1 && root !== undefined ? `${root} and its kin` : anyOf(names);
}

/**
 * The cross-validation that the fields of a search space ask for.
 *
 * @param checked - Its `cross_validation`, validated and without stray fields.
 */
export function crossValidationOf(checked: Written, seed: number): CrossValidation {
  return crossValidation.parse({ ...checked, seed });
}

/** Number of folds a trial has in all. */
export const foldCount = (cv: CrossValidation): number => strategyOf(cv.strategy).folds(cv);

/** What a cross-validation asks of the data and they can't give. */
export const crossValidationComplaints = (cv: CrossValidation, facts: DatasetFacts): Complaint[] =>
  strategyOf(cv.strategy).complaints(cv, facts);

/** Whether a fold's validation rows may lack a class altogether. */
export const mayLackClass = (cv: CrossValidation, facts: DatasetFacts): boolean =>
  strategyOf(cv.strategy).mayLackClass?.(cv, facts) ?? false;

/**
 * Splits rows into folds. Row indices are in ascending order and depend on dataset, rows and `cv` alone.
 *
 * @param rows the development rows
 * @throws DatasetError when a fold would be left without rows
 */
export function foldsOf(dataset: Dataset, rows: Int32Array, cv: CrossValidation): Fold[] {
  const random = randomStream(cv.seed, 'cross-validation');
  const folds = strategyOf(cv.strategy)
    .split(dataset, rows, cv, random)
    .map((validation) => ({ train: without(rows, validation), validation }));
  if (folds.some(({ train, validation }) => train.length === 0 || validation.length === 0)) {
    const texts = groupsOf(dataset, rows).length;
    throw new DatasetError(
      `${dataset.name}: ${texts} distinct development texts do not fill every fold; ask for fewer folds in cross_validation, or add rows`,
    );
  }
  return folds;
}

const strategyOf = (name: string): CrossValidationStrategy =>
  entryOf<CrossValidationStrategy>(STRATEGIES, 'cross-validation', name);
