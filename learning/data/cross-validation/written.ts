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
export const CROSS_VALIDATION_FIELDS = fieldsOfAll(STRATEGY_NAMES);

interface WrittenFields extends Record<string, z.ZodType> {
  strategy: z.ZodDefault<z.ZodEnum>;
}

/** @param names - Strategies that can be named. */
function fieldsOfAll(names: readonly string[]): WrittenFields {
  const entries = ENTRIES.filter(([name]) => names.includes(name));
  const all: Record<string, z.ZodDefault<z.ZodType> | z.ZodOptional<z.ZodType>> = Object.assign(
    {},
    ...entries.map(([, { fields }]) => fields.shape),
  );
  const parts: Readonly<Record<string, readonly string[]>> = Object.assign(
    {},
    ...entries.map(([, strategy]) => strategy.parts),
  );
  const described = Object.entries(all).map(([field, schema]): [string, z.ZodType] => {
    const owners = ownersOf(field).filter((name) => names.includes(name));
    const inside = parts[field];
    if (inside !== undefined)
      return [
        field,
        z
          .strictObject(fieldsOfAll(inside))
          .optional()
          .describe(`${schema.description}. With ${anyOf(owners)} only.`),
      ];
    const [without, ...more] = names.filter((name) => !owners.includes(name));
    const whose =
      without === undefined
        ? ''
        : more.length === 0
          ? ` Not with ${without}.`
          : ` With ${anyOf(owners)} only.`;
    const usual = schema.parse(undefined);
    const text = `${schema.description}${usual === undefined ? '' : `; default ${usual}`}.${whose}`;
    return [field, (schema.unwrap() as z.ZodType).optional().describe(text)];
  });
  return {
    strategy: z
      .enum(names)
      .default(DEFAULT)
      .describe('How the development rows are split; names as in scikit-learn.'),
    ...Object.fromEntries(described),
  };
}

type Written = Readonly<Record<string, unknown>>;

/** Fields of a search space's `cross_validation`, which may be wrong in other ways too, that its strategy doesn't have. */
export function strayFields(written: Written): Complaint[] {
  const { strategy = DEFAULT, ...fields } = written;
  const name = STRATEGY_NAMES.find((one) => one === strategy);
  if (name === undefined) return [];
  const own = Object.keys(STRATEGIES[name].fields.shape);
  const stray = Object.entries(fields)
    .filter(([field, value]) => value !== undefined && !own.includes(field) && ownersOf(field).length > 0)
    .map(([field, value]) => ({
      field,
      value,
      what: `goes with strategy ${family(ownersOf(field))} only`,
      remedy: `remove it: ${name} takes ${own.join(' and ') || 'none'}, or use strategy: ${anyOf(ownersOf(field))}`,
    }));
  return [...stray, ...ofParts(written, strayFields)];
}

/** What is found in the cross-validations that the strategy is made of. */
function ofParts(written: Written, find: (part: Written) => Complaint[]): Complaint[] {
  const strategy = ENTRIES.find(([name]) => name === (written.strategy ?? DEFAULT))?.[1];
  return Object.keys(strategy?.parts ?? {}).flatMap((name) =>
    // What is no mapping is told of by the schema.
    find({ ...Object(written[name]) }).map(({ field, ...complaint }) => ({
      field: `${name}.${field}`,
      ...complaint,
    })),
  );
}

/** `k_fold and its kin`, of names that have one of them in them. */
function family(names: readonly string[]): string {
  const kinOf = (name: string): string[] => names.filter((other) => other.includes(name));
  const root = names.toSorted((a, b) => kinOf(b).length - kinOf(a).length)[0] ?? '';
  const kin = kinOf(root);
  if (kin.length < 2) return anyOf(names);
  return anyOf([`${root} and its kin`, ...names.filter((name) => !kin.includes(name))]);
}

/** The columns of the data that its strategies can't do without, and that `dataset`, as written, does not name. */
export function missingColumns(written: Written, dataset: Written): Complaint[] {
  const { strategy: name = DEFAULT } = written;
  const needs = ENTRIES.find(([one]) => one === name)?.[1].needs;
  if (needs === undefined || Object(dataset.columns)[needs] !== undefined)
    return ofParts(written, (part) => missingColumns(part, dataset));
  const example = { group: 'author', time: 'date' }[needs];
  return [
    {
      field: 'strategy',
      value: name,
      what: `needs the column that tells the ${needs} of each row`,
      remedy: `add columns: { ${needs}: ${example} } to dataset, with a file or a folder of your own`,
    },
  ];
}

/**
 * The cross-validation that the fields of a search space ask for.
 *
 * @param checked - Its `cross_validation`, validated and without stray fields.
 */
export function crossValidationOf(checked: Written, seed: number): CrossValidation {
  return crossValidation.parse({ ...checked, seed });
}
