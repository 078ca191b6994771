/** Rows as a model judged them: the test rows of a refit, the validation rows of folds. */
import { parse } from 'csv-parse/sync';
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
  try {
    const { size = 0 } =
      (await client.listArtifacts(refit, 'evaluation')).find(({ path }) => path === TEST_PREDICTIONS) ?? {};
    if (size === 0 || size > MOST_BYTES) return undefined;
    return judgedIn((await client.downloadArtifact(refit, TEST_PREDICTIONS)).toString('utf8'));
  } catch (error) {
    // What lies there may be anybody's.
    if (isNotFound(error) || (error as { code?: string }).code?.startsWith('CSV_')) return undefined;
    throw error;
  }
}

const PROBABILITY = 'probability_';

/** @returns undefined when the columns are others */
function judgedIn(csv: string): Judged | undefined {
  const [head = [], ...lines] = parse(csv) as string[][];
  const place = (name: string): number => head.indexOf(name);
  const [row, text, label, predicted] = ['row', 'text', 'label', 'predicted'].map(place) as [
    number,
    number,
    number,
    number,
  ];
  const classes = head
    .filter((name) => name.startsWith(PROBABILITY))
    .map((name) => name.slice(PROBABILITY.length));
  if ([row, text, label, predicted].includes(-1) || classes.length === 0) return undefined;
  return {
    classes,
    rows: lines.map((line) => ({
      row: Number(line[row]),
      text: line[text]!,
      label: line[label]!,
      predicted: line[predicted]!,
      probability: numberIn(line[place(PROBABILITY + line[predicted]!)]),
    })),
  };
}

const numberIn = (text: string | undefined): number | null =>
  text === undefined || text === '' || Number.isNaN(Number(text)) ? null : Number(text);

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

/** Two models over the same test rows. */
export interface JudgedTwice {
  readonly rows: number;
  readonly bothRight: number;
  readonly onlyFirst: number;
  readonly onlySecond: number;
  /** McNemar's exact test of both sides. */
  readonly p: number;
  /** Rows on which they differ: as the first judged them, and what the second said. */
  readonly differing: readonly (JudgedRow & { readonly other: string })[];
}

/** @returns undefined when they judged other rows */
export function judgedTwice(first: Judged, second: Judged): JudgedTwice | undefined {
  const others = new Map(second.rows.map((one) => [one.row, one]));
  if (
    others.size !== first.rows.length ||
    first.rows.some(({ row, label }) => others.get(row)?.label !== label)
  )
    return undefined;
  const counts = { bothRight: 0, onlyFirst: 0, onlySecond: 0 };
  const differing: JudgedTwice['differing'][number][] = [];
  for (const one of first.rows) {
    const other = others.get(one.row)!.predicted;
    const [rightFirst, rightSecond] = [one.predicted === one.label, other === one.label];
    if (rightFirst && rightSecond) counts.bothRight++;
    else if (rightFirst) counts.onlyFirst++;
    else if (rightSecond) counts.onlySecond++;
    if (one.predicted !== other) differing.push({ ...one, other });
  }
  return { rows: first.rows.length, ...counts, p: mcnemar(counts.onlyFirst, counts.onlySecond), differing };
}
