/** Rows as a model judged them: the test rows of a refit, the validation rows of folds. */
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { isNotFound, ROLE, type Run, type TrackingClient } from '../../tracking/client/index.js';
import { confusionOf, mcnemar } from '../analysis/index.js';
import { type FoldPredictions, predictedOf, readPredictions } from './predictions.js';
import type { RunDetail } from './run-detail.js';

/** As a refit run keeps it. */
const TEST_PREDICTIONS = 'evaluation/predictions.csv';
/** What a page can read; larger files are for a program. */
const MOST_BYTES = 64 * 2 ** 20;

export interface JudgedRow {
  /** Place in the dataset. */
  readonly row: number;
  /** null where only the place is kept. */
  readonly text: string | null;
  readonly label: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability: number | null;
}

export interface Judged {
  readonly classes: readonly string[];
  readonly rows: readonly JudgedRow[];
}

/** How rows fell, and the mistakes: the surest first. */
export interface Judgement {
  readonly classes: readonly string[];
  readonly confusion: readonly (readonly number[])[];
  readonly mistakes: readonly JudgedRow[];
}

/** The test rows of a refit run; undefined when they were not recorded, or can't be read. */
export async function readTestRows(client: TrackingClient, refit: Run): Promise<Judged | undefined> {
  const found = await findTestRows(client, refit);
  return 'missing' in found ? undefined : found;
}

/** The test rows of a refit run, or why there are none: words that go on behind a version's name. */
export async function findTestRows(
  client: TrackingClient,
  refit: Run,
): Promise<Judged | { readonly missing: string }> {
  const none = { missing: `keeps no ${TEST_PREDICTIONS}` };
  try {
    const { size = 0 } =
      (await client.listArtifacts(refit, 'evaluation')).find(({ path }) => path === TEST_PREDICTIONS) ?? {};
    if (size === 0) return none;
    const bytes = size > MOST_BYTES ? undefined : await client.downloadArtifact(refit, TEST_PREDICTIONS);
    // The size in the list is the server's word only.
    if (bytes === undefined || bytes.length > MOST_BYTES)
      return { missing: `keeps a ${TEST_PREDICTIONS} of more than ${MOST_BYTES / 2 ** 20} MiB` };
    return judgedIn(bytes.toString('utf8')) ?? unreadable;
  } catch (error) {
    // What lies there may be anybody's.
    if (isNotFound(error)) return none;
    if ((error as { code?: string }).code?.startsWith('CSV_')) return unreadable;
    throw error;
  }
}

const unreadable = { missing: `keeps a ${TEST_PREDICTIONS} that is no table of test rows` };

const PROBABILITY = 'probability_';

const probability = z
  .string()
  .transform((text) => (text === '' || text === 'NaN' ? null : Number(text)))
  .pipe(z.number().min(0).max(1).nullable());
const place = z.string().regex(/^\d+$/).transform(Number).pipe(z.int());

/** @returns undefined when the columns or what stands in them are others */
function judgedIn(csv: string): Judged | undefined {
  const [head = [], ...lines] = parse(csv) as string[][];
  const column = (name: string): number => head.indexOf(name);
  const classes = head
    .filter((name) => name.startsWith(PROBABILITY))
    .map((name) => name.slice(PROBABILITY.length));
  if (['row', 'text', 'label', 'predicted'].some((name) => column(name) === -1) || classes.length === 0)
    return undefined;
  const known = new Set(classes);
  const name = z
    .string()
    .transform((text) => (known.has(text) ? text : unescaped(text)))
    .refine((text) => known.has(text));
  const rows = z
    .array(z.object({ row: place, text: z.string().transform(unescaped), label: name, predicted: name }))
    .refine((all) => new Set(all.map(({ row }) => row)).size === all.length)
    .safeParse(
      lines.map((line) => ({
        row: line[column('row')],
        text: line[column('text')],
        label: line[column('label')],
        predicted: line[column('predicted')],
      })),
    );
  if (!rows.success) return undefined;
  const judged: JudgedRow[] = [];
  for (const [i, row] of rows.data.entries()) {
    const sure = probability.safeParse(lines[i]![column(PROBABILITY + row.predicted)]);
    if (!sure.success) return undefined;
    judged.push({ ...row, probability: sure.data });
  }
  return { classes, rows: judged };
}

/** As it was before it got an apostrophe, lest a spreadsheet take it for a formula. */
const unescaped = (text: string): string => text.replace(/^'(?=[-=+@\t\r\uff1d\uff0b\uff0d\uff20])/, '');

/** Validation rows of one round of folds; undefined where a fold kept none. */
function judgedBy(folds: readonly (FoldPredictions | undefined)[]): Judged | undefined {
  const known = folds.filter((fold) => fold !== undefined);
  const classes = known[0]?.classes;
  if (classes === undefined || known.length < folds.length) return undefined;
  const name = (index: number): string => classes[index] ?? String(index);
  return {
    classes,
    rows: known.flatMap((fold) => {
      const predicted = predictedOf(fold);
      return fold.rows.map((row, i) => ({
        row,
        text: null,
        label: name(fold.labels[i]!),
        predicted: name(predicted[i]!),
        probability: fold.probabilities[predicted[i]!]?.[i] ?? null,
      }));
    }),
  };
}

/** The rows that a run of a search judged: test rows of a refit, validation rows of a fold, those of all folds of a trial. */
export async function readJudged(
  client: TrackingClient,
  run: Pick<RunDetail, 'runId' | 'role' | 'children'>,
  splits: number | undefined,
): Promise<Judged | undefined> {
  switch (run.role) {
    case ROLE.refit:
      return readTestRows(client, await client.getRun(run.runId));
    case ROLE.fold:
      return judgedBy([await readPredictions(client, run.runId)]);
    case ROLE.trial: {
      const folds = run.children.filter(({ runName }) => /-fold-\d+$/.test(runName)).slice(0, splits);
      return judgedBy(await Promise.all(folds.map(({ runId }) => readPredictions(client, runId))));
    }
    default:
      return undefined;
  }
}

export function judgementOf({ classes, rows }: Judged): Judgement {
  const index = new Map(classes.map((name, i) => [name, i]));
  return {
    classes,
    confusion: confusionOf(
      rows.map(({ label }) => index.get(label) ?? -1),
      rows.map(({ predicted }) => index.get(predicted) ?? -1),
      classes.length,
    ),
    mistakes: rows
      .filter(({ label, predicted }) => label !== predicted)
      .sort((a, b) => (b.probability ?? 0) - (a.probability ?? 0)),
  };
}

/** Two models over the test rows that both have. */
export interface JudgedTwice {
  readonly rows: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** McNemar's exact test of both sides. */
  readonly p: number;
  /** Rows on which they differ: as the first judged them, and what the second said. */
  readonly differing: readonly (JudgedRow & {
    readonly other: string;
    /** Of what the second said. */
    readonly otherProbability: number | null;
  })[];
}

/** @returns undefined when no row is common, or the rows are those of other data */
export function judgedTwice(first: Judged, second: Judged): JudgedTwice | undefined {
  const others = new Map(second.rows.map((one) => [one.row, one]));
  const common = first.rows.flatMap((one) => {
    const other = others.get(one.row);
    return other === undefined ? [] : [{ one, other }];
  });
  if (common.length === 0) return undefined;
  // A place says which row it is within one dataset only.
  if (common.some(({ one, other }) => one.label !== other.label || one.text !== other.text)) return undefined;
  const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0 };
  const differing: JudgedTwice['differing'][number][] = [];
  for (const { one, other } of common) {
    const [rightFirst, rightSecond] = [one.predicted === one.label, other.predicted === one.label];
    if (rightFirst && rightSecond) counts.bothRight++;
    else if (rightFirst) counts.onlyFirst++;
    else if (rightSecond) counts.onlySecond++;
    if (one.predicted !== other.predicted)
      differing.push({ ...one, other: other.predicted, otherProbability: other.probability });
  }
  return { rows: common.length, ...counts, p: mcnemar(counts.onlyFirst, counts.onlySecond), differing };
}
