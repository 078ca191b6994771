/** A dataset from its specification: read, checked, numbered, digested. */
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomStream } from '../random/index.js';
import { normalizationOf } from '../text/index.js';
import { drawStratified } from './draw.js';
import { DatasetError, quoted } from './errors.js';
import { rowAt, textKey } from './rows.js';
import {
  type DatasetSpec,
  type OpenedSource,
  openSource,
  type Row,
  type SourceContext,
} from './sources/index.js';
import { type Dataset, SPLITS } from './types.js';

/** More classes than this are taken for a mistake: text classifiers of that width are trained otherwise. */
const MAX_CLASSES = 1000;

/**
 * Reads a dataset whole. The same specification, file content and seed give the same rows in the same order.
 *
 * @param seed draws the rows of `spec.limit`; unused without
 * @param context @defaultValue a cache in the system's folder for temporary files
 * @throws DatasetError when the data can't be used: one line that says what, where and what to do
 */
export async function loadDataset(
  spec: DatasetSpec,
  seed: number,
  context: SourceContext = { cacheFolder: join(tmpdir(), 'gridsearch') },
): Promise<Dataset> {
  const source = await openSource(spec, context);
  const where = spec.path ?? source.name;
  const rows = normalized(await collect(source.rows, where), spec.normalize);
  const dataset = datasetOf(
    source,
    spec.splits === 'source' ? withSplits(rows, where) : rows.map(unsplit),
    where,
  );
  return spec.limit === undefined || source.limited || spec.limit >= dataset.texts.length
    ? dataset
    : limited(source, dataset, spec.limit, seed, where);
}

function normalized(rows: readonly Row[], name: DatasetSpec['normalize']): readonly Row[] {
  if (name === undefined) return rows;
  const normalize = normalizationOf(name);
  return rows.map((row) => ({ ...row, text: normalize(row.text) }));
}

const unsplit = ({ split: _, ...row }: Row): Row => row;

/** Where nobody but the makers knows the test labels, the validation rows stand in for them. */
function withSplits(rows: readonly Row[], where: string): Row[] {
  const has = new Set(rows.map(({ split }) => split));
  if (!has.has('train') || (!has.has('test') && !has.has('validation')))
    throw new DatasetError(
      `${where}: defines no split of its own with labelled train and test rows; remove dataset.splits, and test_size holds rows out`,
    );
  return has.has('test')
    ? [...rows]
    : rows.map((row) => (row.split === 'validation' ? { ...row, split: 'test' } : row));
}

async function collect(rows: OpenedSource['rows'], where: string): Promise<Row[]> {
  const collected: Row[] = [];
  const labels = new Set<string>();
  for await (const row of rows) {
    labels.add(row.label);
    if (labels.size > MAX_CLASSES) {
      throw new DatasetError(
        `${where}: more than ${MAX_CLASSES.toLocaleString('en')} different labels in ${(collected.length + 1).toLocaleString('en')} rows, for example ${quoted(row.label)}; are the text and label columns swapped?`,
      );
    }
    collected.push(row);
  }
  return collected;
}

/** Classes are sorted by UTF-16 code unit, so that they do not depend on the locale. */
function datasetOf(source: Omit<OpenedSource, 'rows'>, rows: readonly Row[], where: string): Dataset {
  if (rows.length === 0) throw new DatasetError(`${where}: a header and no rows; add labelled texts`);
  if (rows.length === 1)
    throw new DatasetError(`${where}: only 1 row; a classifier needs rows of at least two labels`);
  const classes = [...new Set(rows.map((row) => row.label))].sort();
  if (classes.length === 1) {
    throw new DatasetError(
      `${where}: every row has the label ${quoted(classes[0])}; a classifier needs at least two labels`,
    );
  }
  const classIndex = new Map(classes.map((name, index) => [name, index]));
  const groupNames = namesOfGroups(rows);
  const groupIndex = new Map((groupNames ?? []).map((name, index) => [name, index]));
  const hash = createHash('sha256');
  const labels = new Int32Array(rows.length);
  const groups = new Int32Array(rows.length);
  const splits = rows.flatMap(({ split }) => split ?? []);
  const times = rows.flatMap(({ time }) => time ?? []);
  rows.forEach((row, index) => {
    const key = row.group ?? textKey(row.text);
    const group = groupIndex.get(key) ?? groupIndex.size;
    groupIndex.set(key, group);
    groups[index] = group;
    labels[index] = classIndex.get(row.label)!;
    hash.update(`${JSON.stringify(digested(row))}\n`);
  });
  return {
    name: source.name,
    sourceType: source.sourceType,
    source: source.source,
    digest: hash.digest('hex').slice(0, 32),
    texts: rows.map((row) => row.text),
    labels,
    groups,
    classes,
    ...(groupNames && { groupNames }),
    ...(times.length > 0 && { times: Float64Array.from(times) }),
    ...(splits.length > 0 && { splits }),
  };
}

/** Columns that most data lack add nothing to what is digested: digests of other data are as they ever were. */
function digested({ text, label, split, group, time }: Row): unknown[] {
  if (group !== undefined || time !== undefined)
    return [text, label, split ?? null, group ?? null, time ?? null];
  return split === undefined ? [text, label] : [text, label, split];
}

/** Sorted as NumPy sorts what scikit-learn is given: numbers by value, else by character. */
function namesOfGroups(rows: readonly Row[]): string[] | undefined {
  const names = [...new Set(rows.flatMap(({ group }) => group ?? []))].sort();
  if (names.length === 0) return undefined;
  const numeric = names.every((name) => Number.isFinite(Number(name)));
  return numeric ? names.sort((a, b) => Number(a) - Number(b)) : names;
}

/** The drawn rows as a dataset of their own, in their old order. */
function limited(
  source: OpenedSource,
  dataset: Dataset,
  limit: number,
  seed: number,
  where: string,
): Dataset {
  if (limit < 2 * dataset.classes.length) {
    throw new DatasetError(
      `${where}: dataset.limit ${limit} is too few for ${dataset.classes.length} classes; allow at least 2 rows for each`,
    );
  }
  const all = Int32Array.from(dataset.texts.keys());
  const { splits } = dataset;
  const parts = splits
    ? SPLITS.map((split) => all.filter((row) => splits[row] === split)).filter(({ length }) => length > 0)
    : [all];
  const random = randomStream(seed, 'dataset.limit');
  // One of a few large groups would be many rows too many; drawing rows is no split, so groups need not stay whole.
  const drawn = dataset.groupNames ? { ...dataset, groups: all } : dataset;
  const kept = parts.flatMap((part) => [
    ...drawStratified(drawn, part, Math.max(1, Math.round((part.length / all.length) * limit)), random, 0),
  ]);
  const rows = kept.sort((a, b) => a - b).map((row) => rowAt(dataset, row));
  return datasetOf(source, rows, where);
}
