/** The `dataset` of a search space: the fields of its source, and what they ask for. */
import { z } from 'zod';
import type { NormalizationName } from '../../text/index.js';
import type { Complaint } from '../complaint.js';
import type { DatasetSource } from './source.js';
import { type DatasetSpec, datasetSpec, ENTRIES, SOURCE_NAMES, sourceOf } from './spec.js';
import { SOURCES } from './table.js';

/** The fields of all sources as a search space may have them, and the field that names one of them. */
export const SOURCE_FIELDS: z.ZodRawShape = {
  source: z
    .enum(SOURCE_NAMES)
    .optional()
    .describe(ENTRIES.map(([name, { description }]) => `${name}: ${description}`).join(' ')),
  ...Object.assign({}, ...ENTRIES.map(([, { fields }]) => fields.shape)),
};

type Written = Readonly<Record<string, unknown>>;

/** The name that stands in `source`, or else the one that another field implies; undefined when nothing does. */
function nameIn(written: Written): unknown {
  if (written.source !== undefined) return written.source;
  return ENTRIES.find(([, { namedBy }]) => namedBy !== undefined && written[namedBy] !== undefined)?.[0];
}

export interface DatasetComplaint extends Omit<Complaint, 'field'> {
  /** Absent when it is about the block as a whole. */
  readonly field?: string;
  /** The field should not be there at all. */
  readonly stray?: true;
}

/** What does not fit together in the `dataset` of a search space, which may be wrong in other ways, too. */
export function datasetComplaints(written: Written): DatasetComplaint[] {
  const name = nameIn(written);
  if (name === undefined)
    return [
      {
        what: 'names no data',
        remedy: `add ${ENTRIES.map(([, { mention }]) => mention).join(', or ')}`,
      },
    ];
  const known = SOURCE_NAMES.find((one) => one === name);
  if (known === undefined) return [];
  const source: DatasetSource = SOURCES[known];
  const strays = Object.keys(SOURCE_FIELDS)
    .filter(
      (field) =>
        field !== 'source' && written[field] !== undefined && !Object.hasOwn(source.fields.shape, field),
    )
    .map((field) => ({
      field,
      stray: true as const,
      what: `does not go with source: ${known}, which is ${source.nature}`,
      remedy: `remove ${field}, or the source`,
    }));
  return [...strays, ...(source.complaints?.(written) ?? [])];
}

/**
 * The specification that the fields of a search space ask for.
 *
 * @param checked - Its `dataset`, validated and without complaints.
 * @param folder - The search space's.
 */
export function datasetSpecOf(
  checked: Written & {
    readonly limit?: number | undefined;
    readonly test_size: number;
    readonly splits?: 'source' | undefined;
    readonly normalize?: NormalizationName | undefined;
  },
  folder: string,
): DatasetSpec {
  const { limit, test_size, splits, normalize } = checked;
  const source = String(nameIn(checked));
  const { fields, resolve } = sourceOf(source);
  return datasetSpec.parse({
    source,
    ...resolve(fields.parse(checked), folder),
    ...(limit !== undefined && { limit }),
    test_size,
    ...(splits !== undefined && { splits }),
    ...(normalize !== undefined && { normalize }),
  });
}
