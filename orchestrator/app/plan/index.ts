/** Plan before spending: what a search is, and what it will take. Nothing is queued, and no run is made. */
import { totalmem } from 'node:os';
import type { Submission } from '../../search/index.js';
import { leftOfSearch, trialCount } from '../../search/index.js';
import { readSearchSpace } from '../../space/index.js';
import { type Prepared, prepareWithRows } from '../prepare.js';
import { type TimePlan, timePlan } from './plan.js';
import { probeKinds } from './probes.js';
import { type WorkersThere, workersThere } from './workers.js';

export type { KindPlan, Probe } from './plan.js';
export { PROBE_SECONDS } from './probes.js';

/** How large a search is: known without a probe. */
export interface Size {
  readonly configurations: number;
  /** Configurations that constraints took out of the space; null where there are no constraints. */
  readonly removed: number | null;
  /** Of one configuration. */
  readonly folds: number;
  /** Folds that earlier searches have trained, and that need not be trained again; null where none is looked for. */
  readonly held: number | null;
}

/** Everything there is to know of a search before it is submitted. */
export interface Plan extends Size {
  readonly submission: Submission;
  readonly rows: { readonly development: number; readonly train: number; readonly test: number };
  readonly workers: WorkersThere;
  readonly time: TimePlan;
  readonly memory: { readonly process: number; readonly all: number; readonly machine: number } | null;
  readonly engine: string;
}

/** How large a search is. The reuse of results adds its number here. */
export function sizeOf(submission: Submission): Size {
  const search = { ...submission, context: submission };
  return {
    configurations: trialCount(search),
    removed: removedFrom(search),
    folds: submission.folds,
    held: null,
  };
}

/** Configurations that constraints leave out; null without constraints, and where strategies draw from what nobody can count. */
function removedFrom(search: Parameters<typeof leftOfSearch>[0]): number | null {
  if (search.where === undefined || search.where.length === 0) return null;
  const { count, all } = leftOfSearch(search);
  return count === undefined ? null : all - count;
}

/**
 * Reads a search space and its data, tries each kind for a few seconds, and reckons.
 *
 * @throws SearchSpaceError, DatasetError and InputError as `prepare` does; the signal's reason once it aborts
 */
export async function planSearch(
  file: string,
  options: { readonly workers: string; readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<Plan> {
  const { signal, say } = options;
  // First, as it costs nothing to be told of a wrong option.
  const workers = await workersThere(options.workers);
  const prepared = await prepareWithRows(await readSearchSpace(file), say);
  signal.throwIfAborted();
  const { submission } = prepared;
  const rows = rowsOf(prepared);
  const trainRows = rows.train;
  const { probes, loadSeconds, engine } = await probeKinds(prepared, { trainRows, signal, say });
  const { inputs } = submission.rows;
  const time = timePlan(
    { ...submission, models: [...submission.models], inputs, context: submission },
    probes,
    {
      workers: workers.count,
      loadSeconds,
      trainRows,
      developmentRows: rows.development,
    },
  );
  const memory = time.memory === undefined ? null : memoryOf(time.memory + bytesOf(prepared), workers);
  return { ...sizeOf(submission), submission, rows, workers, time, memory, engine };
}

/** Training rows of a fold are those of the mean fold. */
function rowsOf({ heldOut, folds }: Prepared): Plan['rows'] {
  const train = folds.reduce((sum, one) => sum + one.train.length, 0) / folds.length;
  return {
    development: heldOut.development.length,
    train: Math.round(train),
    test: heldOut.test.length,
  };
}

const memoryOf = (process: number, { count }: WorkersThere): NonNullable<Plan['memory']> => ({
  process,
  all: process * count,
  machine: totalmem(),
});

/** What a training process holds of the data beside what a probe did, about: texts, and as much again for words and lists. */
const bytesOf = ({ dataset }: Prepared): number =>
  dataset.texts.reduce((sum, text) => sum + 4 * text.length, 0);
