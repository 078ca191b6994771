/** The contract of a cross-validation: how the development rows are split. */
import type { z } from 'zod';
import type { Random } from '../../random/index.js';
import type { Complaint } from '../complaint.js';
import type { DatasetFacts } from '../facts.js';
import type { Dataset, Fold } from '../types.js';

/** Fields of strategies are told apart by name alone, so strategies that have a field of one name share its schema. */
export interface CrossValidationStrategy<Fields extends z.ZodObject = z.ZodObject> {
  /** Its fields in a search space: each with range, default and a few words for the schema's documentation, without full stop. */
  readonly fields: Fields;
  /** The column of the data that it can't do without. @defaultValue none */
  readonly needs?: 'group' | 'time';
  /** It splits the development rows as a whole, and can't split those that an outer fold trains on. @defaultValue it can */
  readonly ofAllRows?: true;
  /** Fields that are cross-validations themselves, and the strategies that each can name. @defaultValue none */
  readonly parts?: Readonly<Record<string, readonly string[]>>;
  /** How many folds that makes in all. */
  folds(settings: z.output<Fields>, facts: Pick<DatasetFacts, 'groups'>): number;
  /** How many of them, the first ones, score a configuration. @defaultValue all */
  scored?(settings: z.output<Fields>, facts: Pick<DatasetFacts, 'groups'>): number;
  /** The validation rows of every fold, in ascending order; both sides, where not all other rows are trained on. */
  split(
    dataset: Dataset,
    rows: Int32Array,
    settings: z.output<Fields>,
    random: Random,
  ): readonly (Int32Array | Fold)[];
  /** What it asks of the data and they can't give. */
  complaints(settings: z.output<Fields>, facts: DatasetFacts): Complaint[];
  /** Whether a fold's validation rows may lack a class altogether. @defaultValue never */
  mayLackClass?(settings: z.output<Fields>, facts: DatasetFacts): boolean;
  /** What is legal and misleads, one line each. @defaultValue nothing */
  warnings?(settings: z.output<Fields>): string[];
}
