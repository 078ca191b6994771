/** Where rows come from, as plain values; and the rows. */
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { entryOf, namesOf } from '../../table.js';
import { NORMALIZATION_NAMES } from '../../text/index.js';
import type { Complaint } from '../complaint.js';
import { openSnapshot } from './snapshot.js';
import type { DatasetSource, OpenedSource, SourceContext } from './source.js';
import { SOURCES } from './table.js';

export type SourceName = keyof typeof SOURCES;
export const SOURCE_NAMES = namesOf<SourceName>(SOURCES);

export const ENTRIES: readonly [string, DatasetSource][] = Object.entries<DatasetSource>(SOURCES);

/** What every specification has. */
const shared = {
  /** Keep this many rows, drawn with the search's seed, every class in proportion. */
  limit: z.number().int().positive().optional(),
  /** Fraction of the rows held out for the refit winner's one measurement, in (0, 1). */
  test_size: z.number().gt(0).lt(1),
  /** Take the test (and validation) rows that the source defines, instead of `test_size`. */
  splits: z.literal('source').optional(),
  /** What is made of each text before anything reads it. */
  normalize: z.enum(NORMALIZATION_NAMES).optional(),
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

// A tuple is asked for: a list can't say that it has entries.
export const datasetSpec = z.discriminatedUnion(
  'source',
  ENTRIES.map(([name, { spec }]) => z.object({ source: z.literal(name), ...spec.shape, ...shared })) as never,
) as z.ZodType<DatasetSpec>;

/** What keeps the data from being read, as far as a glance tells. */
export async function datasetTrouble(spec: DatasetSpec): Promise<Complaint | undefined> {
  return sourceOf(spec.source).trouble?.(spec);
}

/** The field to look at when the data as a whole are wrong. */
export const namingField = (source: string): string => sourceOf(source).namedBy ?? 'source';

/** Whether a search carries the source's rows in a file made for it. */
export const rowsTravel = (source: string): boolean => sourceOf(source).rowsTravel ?? false;

/** @throws DatasetError when the data can't be used; Error when there is no such source */
export async function openSource(spec: DatasetSpec, context: SourceContext): Promise<OpenedSource> {
  const { path, source } = spec;
  if (path === undefined || !rowsTravel(source)) return sourceOf(source).open(spec, context);
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? openSnapshot(source, path) : sourceOf(source).open(spec, context);
}

/** @throws Error when there is no such source */
export const sourceOf = (name: string): DatasetSource =>
  entryOf<DatasetSource>(SOURCES, 'dataset source', name);
