/** Dataset sources: from what a search space says to labelled rows. */
import { z } from 'zod';
import { entryOf, namesOf } from '../../table.js';
import type { Complaint } from '../complaint.js';
import type { DatasetSource, OpenedSource, SourceContext } from './source.js';
import { SOURCES } from './table.js';

export type { DatasetSource, OpenedSource, Row, SourceContext } from './source.js';

export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = namesOf<SourceName>(SOURCES);

const entries: readonly [string, DatasetSource][] = Object.entries<DatasetSource>(SOURCES);

/** What every specification has. */
const shared = {
  /** Keep this many rows, drawn with the search's seed, every class in proportion. */
  limit: z.number().int().positive().optional(),
  /** Fraction of the rows held out for the refit winner's one measurement, in (0, 1). */
  test_size: z.number().gt(0).lt(1),
};

/** Where the labelled texts come from: plain values with all defaults filled in. */
export type DatasetSpec = {
  [Name in SourceName]: z.output<z.ZodObject<typeof shared>> & {
    source: Name;
    /** A local file, as an absolute path; it travels with the search. */
    path?: string;
  } & OwnPart<(typeof SOURCES)[Name]['spec']>;
}[SourceName];

/** Without fields it adds nothing; zod would have it forbid all. */
type OwnPart<Spec extends z.ZodObject> = keyof Spec['shape'] extends never ? unknown : z.output<Spec>;

export const datasetSpec = z.discriminatedUnion(
  'source',
  entries.map(([name, { spec }]) => z.object({ source: z.literal(name), ...spec.shape, ...shared })) as never,
) as z.ZodType<DatasetSpec>;

/** The fields of all sources as a search space may have them, and the field that names one of them. */
export const SOURCE_FIELDS: z.ZodRawShape = {
  source: z
    .enum(SOURCE_NAMES)
    .optional()
    .describe(entries.map(([name, { description }]) => `${name}: ${description}`).join(' ')),
  ...Object.assign({}, ...entries.map(([, { fields }]) => fields.shape)),
};

type Written = Readonly<Record<string, unknown>>;

/** The name that stands in `source`, or else the one that another field implies; undefined when nothing does. */
function nameIn(written: Written): unknown {
  if (written.source !== undefined) return written.source;
  return entries.find(([, { namedBy }]) => namedBy !== undefined && written[namedBy] !== undefined)?.[0];
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
        remedy: `add ${entries.map(([, { mention }]) => mention).join(', or ')}`,
      },
    ];
  const known = SOURCE_NAMES.find((one) => one === name);
  if (known === undefined) return [];
  const source: DatasetSource = SOURCES[known];
  const strays = Object.keys(SOURCE_FIELDS)
    .filter((field) => field !== 'source' && written[field] !== undefined && !(field in source.fields.shape))
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
  checked: Written & { readonly limit?: number | undefined; readonly test_size: number },
  folder: string,
): DatasetSpec {
  const { limit, test_size } = checked;
  const source = String(nameIn(checked));
  const { fields, resolve } = sourceOf(source);
  return datasetSpec.parse({
    source,
    ...resolve(fields.parse(checked), folder),
    ...(limit !== undefined && { limit }),
    test_size,
  });
}

/** What keeps the data from being read, as far as a glance tells. */
export async function datasetTrouble(spec: DatasetSpec): Promise<Complaint | undefined> {
  return sourceOf(spec.source).trouble?.(spec);
}

/** The field to look at when the data as a whole are wrong. */
export const namingField = (source: string): string => sourceOf(source).namedBy ?? 'source';

/** @throws DatasetError when the data can't be used; Error when there is no such source */
export const openSource = (spec: DatasetSpec, context: SourceContext): Promise<OpenedSource> =>
  sourceOf(spec.source).open(spec, context);

const sourceOf = (name: string): DatasetSource => entryOf<DatasetSource>(SOURCES, 'dataset source', name);
