/** Plan before spending: what a search is, and what it will take. Nothing is queued, and no run is made. */
import { totalmem } from 'node:os';
import { engineToCome } from '../../../learning/engine/index.js';
import type { Submission } from '../../search/index.js';
import { removedFrom, trialCount } from '../../search/index.js';
import { readSearchSpace } from '../../space/index.js';
import { usableCores } from '../cores.js';
import { rowsAbout } from '../estimate.js';
import { type Prepared, prepareWithRows } from '../prepare.js';
import type { Services } from '../services.js';
import { earlierOf as heldBy } from '../submit.js';
import { type EarlierFold, earlierOf } from './earlier.js';
import { type Known, type TimePlan, timePlan } from './plan.js';
import { PROBE_SECONDS, probeKinds } from './probes.js';
import { earlierFolds } from './read-earlier.js';
import { askTracking } from './tracking.js';
import { type WorkersThere, workersAt, workersThere } from './workers.js';

export type { KindPlan, Probe, TimePlan } from './plan.js';
export { PROBE_SECONDS };

/** How large a search is: known without a probe. */
export interface Size {
  readonly configurations: number;
  /** Configurations that constraints took out of the space; null where there are no constraints. */
  readonly removed: number | null;
  /** Of one configuration. */
  readonly folds: number;
  /** Folds that earlier searches have trained, and that need not be trained again; null where that can't be told. */
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

/** How large a search is. @param held - Folds that earlier searches hold of it; null where that is not known. */
export function sizeOf(submission: Omit<Submission, 'rows'>, held: number | null): Size {
  const search = { ...submission, context: submission };
  return {
    configurations: trialCount(search),
    removed: removedFrom(search),
    folds: submission.folds,
    held,
  };
}

/** What is known of a search without trying anything. */
export interface Outlook extends Size {
  readonly workers: number;
  /** Undefined when earlier searches don't tell. */
  readonly time: TimePlan | undefined;
}

/** Seconds until processes can train, about; `plan` measures it. */
const LOAD_SECONDS = 1;
/** A search that is to start waits no longer for word of earlier ones, in ms; */
const AT_ONCE = 1500;
/** a plan for as long as probes would take. */
const A_PROBE = PROBE_SECONDS * 1000;

/**
 * How large a search is, and what it will take by what earlier ones took. Asks tracking and Redis, and waits for neither for long.
 *
 * @param held - Folds that earlier searches hold of it.
 * @param own - Training processes that this process will add to those at the queue.
 */
export async function outlookOf(
  submission: Submission,
  held: number | null,
  { tracking, redis }: Pick<Services, 'redis'> & { readonly tracking: Pick<Services['tracking'], 'client'> },
  own = 0,
): Promise<Outlook> {
  const rows = rowsAbout({ ...submission, folds: submission.scored ?? submission.folds });
  const [folds, there] = await Promise.all([
    earlierFolds(submission, { engine: engineToCome(), within: AT_ONCE }, tracking.client),
    workersAt(redis).catch(() => 0),
  ]);
  const workers = there + own || usableCores();
  const earlier = submission.models.flatMap((axes) => earlierOf(axes, folds, rows.train) ?? []);
  const time =
    earlier.length < submission.models.length
      ? undefined
      : timeOf(submission, { probes: [], earlier }, { workers, loadSeconds: LOAD_SECONDS, rows, held });
  return { ...sizeOf(submission, held), workers, time };
}

/** Reckons a submission's time. */
function timeOf(
  submission: Submission,
  known: Known,
  {
    rows,
    ...around
  }: {
    workers: number;
    loadSeconds: number;
    rows: Pick<Plan['rows'], 'train' | 'development'>;
    held: number | null;
  },
): TimePlan {
  const {
    models,
    rows: { inputs },
    pruning,
    budget,
  } = submission;
  const limit = budget?.max_duration?.ms;
  return timePlan(
    { ...submission, models: [...models], inputs, where: [...(submission.where ?? [])], context: submission },
    known,
    {
      ...around,
      trainRows: rows.train,
      developmentRows: rows.development,
      pruned: pruning.folds !== 'off' || pruning.epochs !== 'off',
      ...(limit !== undefined && { maxDuration: limit / 1000 }),
    },
  );
}

/**
 * Reads a search space and its data, reckons, and tries each kind of which earlier searches don't tell enough for a few seconds.
 *
 * @throws SearchSpaceError, DatasetError and InputError as `prepare` does; the signal's reason once it aborts
 */
export async function planSearch(
  file: string,
  options: { readonly workers: string; readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<Plan> {
  // First, as it costs nothing to be told of a wrong option.
  const workers = await workersThere(options.workers);
  return planPrepared(await prepareWithRows(await readSearchSpace(file), options.say), workers, options);
}

/** The same for what was read and checked already. */
export async function planPrepared(
  prepared: Prepared,
  workers: WorkersThere,
  { signal, say }: { readonly signal: AbortSignal; readonly say: (line: string) => void },
): Promise<Plan> {
  signal.throwIfAborted();
  const { submission } = prepared;
  const { held, folds } = await earlierResults(submission, signal);
  signal.throwIfAborted();
  const rows = rowsOf(prepared);
  const earlier = submission.models.flatMap((axes) => earlierOf(axes, folds, rows.train) ?? []);
  const untold = submission.models.filter(({ model }) => !earlier.some((one) => one.model === model));
  const { probes, loadSeconds, engine } =
    untold.length === 0
      ? { probes: [], loadSeconds: LOAD_SECONDS, engine: engineToCome() }
      : await probeKinds(prepared, { models: untold, trainRows: rows.train, signal, say });
  const time = timeOf(
    submission,
    { probes, earlier },
    {
      workers: workers.count,
      loadSeconds,
      rows,
      held,
    },
  );
  // A probe holds a few rows, where a process that trained held all.
  const most = probes.some(({ memory }) => memory === time.memory) ? bytesOf(prepared) : 0;
  const memory = time.memory === undefined ? null : memoryOf(time.memory + most, workers);
  return { ...sizeOf(submission, held), submission, rows, workers, time, memory, engine };
}

/** What earlier searches hold of one, and what they tell of its time. A plan is worth having without either. */
async function earlierResults(
  submission: Submission,
  signal: AbortSignal,
): Promise<{ held: Plan['held']; folds: readonly EarlierFold[] }> {
  const asked = await askTracking(async (tracking) => {
    const held = await heldBy(submission, { tracking }).then(
      (earlier) => earlier.held,
      () => null,
    );
    signal.throwIfAborted();
    const like = { engine: engineToCome(), within: A_PROBE };
    return { held, folds: await earlierFolds(submission, like, tracking.client) };
  });
  return asked ?? { held: null, folds: [] };
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
