/** The `cross_validation` of a search space: its fields, and what they ask for. */
import { z } from 'zod';
import type { Complaint } from '../complaint.js';
import { anyOf } from '../errors.js';
import {
  type CrossValidation,
  crossValidation,
  ENTRIES,
  STRATEGY_NAMES,
  type StrategyName,
} from './settings.js';
import { STRATEGIES } from './table.js';

const DEFAULT: StrategyName = 'stratified_k_fold';

/** The strategies that have a field. */
const ownersOf = (field: string): string[] =>
  ENTRIES.filter(([, { fields }]) => Object.hasOwn(fields.shape, field)).map(([name]) => name);

/** The fields of all strategies as a search space may have them, and the field that names one of them. */
export const CROSS_VALIDATION_FIELDS = fieldsOfAll();

function fieldsOfAll() {
  const all: Record<string, z.ZodDefault<z.ZodType>> = Object.assign(
    {},
    ...ENTRIES.map(([, { fields }]) => fields.shape),
  );
  const described = Object.entries(all).map(([field, schema]) => {
    const owners = ownersOf(field);
    const [without, ...more] = STRATEGY_NAMES.filter((name) => !owners.includes(name));
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
      .enum(STRATEGY_NAMES)
      .default(DEFAULT)
      .describe('How the development rows are split; names as in scikit-learn.'),
    ...(Object.fromEntries(described) as Record<string, z.ZodOptional>),
  };
}

type Written = Readonly<Record<string, unknown>>;

/** Fields of a search space's `cross_validation`, which may be wrong in other ways too, that its strategy doesn't have. */
export function strayFields(written: Written): Complaint[] {
  const { strategy = DEFAULT, ...fields } = written;
  const name = STRATEGY_NAMES.find((one) => one === strategy);
  if (name === undefined) return [];
  const own = Object.keys(STRATEGIES[name].fields.shape);
  return Object.entries(fields)
    .filter(([field, value]) => value !== undefined && !own.includes(field) && ownersOf(field).length > 0)
    .map(([field, value]) => ({
      field,
      value,
      what: `goes with strategy ${family(ownersOf(field))} only`,
      remedy: `remove it: ${name} takes ${own.join(' and ') || 'none'}, or use strategy: ${anyOf(ownersOf(field))}`,
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
