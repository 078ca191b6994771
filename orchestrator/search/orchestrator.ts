/** The BullMQ worker that carries out searches' steps. It trains nothing, so one handles many searches. */
import { DelayedError, FlowProducer, type Job, Queue, UnrecoverableError, Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import {
  deleteOwn,
  FOLD_QUEUE,
  isLost,
  isMachineTrouble,
  isRedisTrouble,
  LockLostError,
  PREFIX,
  readData,
  readResult,
  recovery,
  SEARCH_QUEUE,
  SealError,
  type SearchResult,
  type StepPayload,
  sealResult,
  searchResult,
  stepPayload,
  TRACKING_URI_KEY,
  waitInTrouble,
} from '../../queue/index.js';
import { isTrouble, TAGS, type TrackingClient } from '../../tracking/client/index.js';
import { lookAfterBudgets } from './budget.js';
import { isBeingCancelled } from './cancel.js';
import type { Deps } from './deps.js';
import { lookAgain } from './look.js';
import { isRace, raceWindow } from './race.js';
import { lookOver, openParents } from './reconcile.js';
import { failSearch, runSearchStep } from './search.js';
import { STRATEGIES, type Strategies } from './strategies/index.js';
import { finishTrial } from './trial.js';
import { sumWindow } from './window.js';

export interface Orchestrator {
  /** Stops taking steps; the ones at hand end first. */
  close(): Promise<void>;
}

export interface OrchestratorOptions {
  readonly redis: Redis;
  readonly tracking: TrackingClient;
  /** Where workers that were told nothing find tracking; published in Redis. */
  readonly trackingUri: string;
  /** Told of steps that failed for good. */
  readonly onError: (error: Error) => void;
  /** Told of searches that this orchestrator takes up, and of those that end here. */
  readonly onSearch?: (event: SearchEvent) => void;
  /** Told of trouble that steps wait out, at every try. */
  readonly onWaiting?: (reason: string) => void;
  /** Told of jobs that are left to others: they are signed with another secret. */
  readonly onAside?: (reason: string) => void;
  /** Told that steps get through. */
  readonly onWell?: () => void;
  /** Told, once each, of the searches that tracking holds as under way and this Redis does not know. */
  readonly onLost?: (searchIds: readonly string[]) => void;
  /** Makes the report of a search that is about to end, by its parent run. @defaultValue none is made */
  readonly report?: (parentRunId: string) => Promise<string>;
  /** @defaultValue 500 */
  readonly windowFolds?: number;
  /** @defaultValue the table */
  readonly strategies?: Strategies;
}

export type SearchEvent =
  | {
      readonly type: 'started' | 'resumed';
      readonly searchId: string;
      readonly trials: number;
      readonly folds: number;
    }
  | {
      readonly type: 'ended';
      readonly searchId: string;
      readonly metric: string;
      readonly result: SearchResult;
    };

/** Starts carrying out steps of all searches in this Redis. */
export async function startOrchestrator(options: OrchestratorOptions): Promise<Orchestrator> {
  const { onWaiting = () => undefined, onWell = () => undefined } = options;
  const shared = { connection: options.redis, prefix: PREFIX };
  const flow = new FlowProducer(shared);
  const folds = new Queue(FOLD_QUEUE, shared);
  const searches = new Queue(SEARCH_QUEUE, shared);
  const deps: Deps = {
    redis: options.redis,
    tracking: options.tracking,
    flow,
    folds,
    searches,
    strategies: options.strategies ?? STRATEGIES,
    histories: new Map(),
    report: options.report,
    windowFolds: options.windowFolds ?? 500,
  };
  // Without a listener they print every lost connection; the worker below tells of the same.
  flow.on('error', () => undefined);
  folds.on('error', () => undefined);
  searches.on('error', () => undefined);
  const publication = await publishTracking(options.redis, options.trackingUri);
  let troubleSince: number | undefined;
  const worker = new Worker(
    SEARCH_QUEUE,
    async (job: Job, token?: string) => {
      try {
        const payload = readData(job, stepPayload);
        const result = await carryOut(payload, job, token ?? '', deps);
        troubleSince = undefined;
        onWell();
        return sealResult(job.id!, result);
      } catch (error) {
        if (isLost(error)) throw new DelayedError();
        if (isRedisTrouble(error)) {
          // It can't be put back now. Its lock runs out, and then it is taken again.
          onWaiting(error.message);
          throw new DelayedError();
        }
        if (error instanceof SealError && !error.signed) throw new UnrecoverableError(error.message);
        if (error instanceof SealError) {
          // Whoever has the secret may take it.
          options.onAside?.(error.message);
          await job.moveToDelayed(Date.now() + ASIDE_DELAY, token);
          throw new DelayedError();
        }
        if (isTrouble(error) || isMachineTrouble(error) || error instanceof LockLostError) {
          onWaiting(error.message);
          troubleSince ??= performance.now();
          await job.moveToDelayed(Date.now() + waitInTrouble(performance.now() - troubleSince), token);
          throw new DelayedError();
        }
        throw error;
      }
    },
    { ...shared, ...recovery(), concurrency: 16, name: `orchestrator-${process.pid}` },
  );
  worker.on('failed', (job, error) => {
    if (job === undefined) return;
    const last = job.attemptsMade >= (job.opts.attempts ?? 1) || error instanceof UnrecoverableError;
    if (!last) return;
    options.onError(new Error(`${job.name} ${job.id} failed: ${error.message}`, { cause: error }));
    const data = readable(job);
    if (data === undefined) return;
    const reason = `its ${data.kind} job broke: ${error.message}`;
    if (data.kind === 'search') failSearch(data, reason, deps).catch(options.onError);
    if (data.kind === 'trial') deps.tracking.failRun(data.runId, reason).catch(options.onError);
  });
  if (options.onSearch !== undefined) tellOfSearches(worker, options.onSearch);
  worker.on('error', (error) => {
    // Steps that another process has taken over meanwhile.
    if (!isLost(error)) options.onError(error);
  });
  await worker.waitUntilReady();
  const budgets = lookAfterBudgets(deps);
  const lost = tellOfLost(options);
  const looking = lookOver(options.tracking)
    .then(lost.look)
    // It is made good at the next start.
    .catch((error: unknown) => {
      if (!isTrouble(error) && !isRedisTrouble(error)) options.onError(error as Error);
    });
  return {
    close: async () => {
      lost.stop();
      await budgets.stop();
      await looking;
      await worker.close();
      await publication.withdraw();
      await Promise.all([flow.close(), folds.close(), searches.close()]);
    },
  };
}

/** A step's payload; undefined when it is not one, or not signed as it should be. */
function readable(job: Job): StepPayload | undefined {
  try {
    return readData(job, stepPayload);
  } catch {
    return undefined;
  }
}

/** A search's job is taken up anew after every window: only the first time here is news. */
function tellOfSearches(worker: Worker, tell: (event: SearchEvent) => void): void {
  const seen = new Set<string>();
  worker.on('active', (job) => {
    const payload = readable(job);
    if (payload?.kind !== 'search' || seen.has(job.id!)) return;
    seen.add(job.id!);
    const { progress, total, context } = payload;
    const fresh = progress.generation === 0 && progress.window === undefined;
    const size = { trials: total, folds: total * context.folds };
    tell({ type: fresh ? 'started' : 'resumed', searchId: context.searchId, ...size });
  });
  worker.on('completed', (job, value) => {
    const payload = readable(job);
    if (payload?.kind !== 'search') return;
    seen.delete(job.id!);
    const { searchId, objective } = payload.context;
    const result = readResult(job.id!, value, searchResult);
    tell({ type: 'ended', searchId, metric: objective.metric, result });
  });
}

/** How long a job that others may read is left to them, ms. */
const ASIDE_DELAY = 15_000;

/** A search younger than this may still be on its way into the queue, ms. */
const YOUNG = 5_000;
/** How often to look for searches that the queue has lost, ms. */
const LOOK_EVERY = 15_000;

/** Tells of searches that tracking holds as under way and the queue does not know, now and then: Redis may lose its data any time. */
function tellOfLost({ redis, tracking, onLost = () => undefined }: OrchestratorOptions) {
  const told = new Set<string>();
  const look = async (): Promise<void> => {
    const lost: string[] = [];
    for (const { info, tags } of await openParents(tracking)) {
      const searchId = tags[TAGS.searchId]!;
      if (told.has(searchId) || Date.now() - info.startTime < YOUNG) continue;
      const isQueued = (await redis.exists(`${PREFIX}:${SEARCH_QUEUE}:${searchId}`)) === 1;
      if (isQueued || (await isBeingCancelled(searchId, redis))) continue;
      // It may have ended since it was found.
      const { status } = (await tracking.getRun(info.runId)).info;
      if (status === 'RUNNING' || status === 'SCHEDULED') lost.push(searchId);
    }
    for (const searchId of lost) told.add(searchId);
    if (lost.length > 0) onLost(lost);
  };
  // Trouble with either is told of where work runs into it.
  const timer = setInterval(() => void look().catch(() => undefined), LOOK_EVERY);
  return { look, stop: () => clearInterval(timer) };
}

/** How often the address is published anew, in ms, and how long it stands without that, in s. */
const PUBLISH_EVERY = 3000;
const PUBLISHED_FOR = 10;

/**
 * Publishes the tracking server's address for workers that were told none, for as long as this orchestrator lives:
 * several may stand on one Redis, and an address must not outlive its server. Any of those that live will do.
 */
async function publishTracking(redis: Redis, uri: string): Promise<{ withdraw(): Promise<void> }> {
  const publish = () => redis.set(TRACKING_URI_KEY, uri, 'EX', PUBLISHED_FOR);
  await publish();
  const timer = setInterval(() => publish().catch(() => undefined), PUBLISH_EVERY);
  return {
    withdraw: async () => {
      clearInterval(timer);
      await deleteOwn(redis, TRACKING_URI_KEY, uri);
    },
  };
}

function carryOut(payload: StepPayload, job: Job, token: string, deps: Deps): Promise<unknown> {
  switch (payload.kind) {
    case 'search':
      return runSearchStep(payload, job, token, deps);
    case 'window':
      return isRace(payload) ? raceWindow(payload, job, token, deps) : sumWindow(payload, job);
    case 'trial':
      return finishTrial(payload, job, token, deps);
    case 'look':
      return lookAgain(payload, deps.tracking);
    default:
      return payload satisfies never;
  }
}
