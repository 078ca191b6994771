/**
 * The child side of a worker: one process, one engine, one job at a time that computes; the last words of those before it may still be on
 * their way. All that is loaded is reused from job to job.
 */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { WorkerPayload } from '../queue/index.js';
import { createTrackingClient, type TrackingClient, trackingFromEnv } from '../tracking/client/index.js';
import {
  allToChild,
  type Ending,
  type JobAttempt,
  speaker,
  type ToChild,
  type ToParent,
  type TrackingPlace,
} from './messages.js';

/** What a job stands on besides what its processor has loaded. */
export interface Surroundings {
  readonly tracking: TrackingClient;
  /** Folder for dataset snapshots. */
  readonly cacheDir: string;
  /** Aborts when the job is to be put down. */
  readonly signal: AbortSignal;
  /**
   * Waits until the jobs before it have no more to compute; asked for before anything is computed.
   *
   * @throws when the job is to be put down
   */
  turn(): Promise<void>;
  /** Whether the job is still this worker's. */
  stillHeld(): Promise<boolean>;
  /** Tells the worker's user something. */
  say(line: string): void;
  /** Says that training begins, or is over. Its time is limited; that of reading data, and of waiting for others, is not. */
  training(now: boolean): void;
  /** Says that the job has no more to compute: the next may begin while its last words are written. */
  worked(): void;
  /** Says that the job, with its work done, waits for its surroundings. */
  waiting(reason: string): void;
}

/** Carries one job out; never throws what a job did wrong. */
export interface Perform {
  (payload: WorkerPayload, attempt: JobAttempt, around: Surroundings): Promise<Ending>;
  /** What it trains with, in words. */
  readonly engine?: string;
}

/** Default export of a module that handles jobs: loads what all of them need. */
export type LoadProcessor = () => Promise<Perform>;

const processorModule = z.object({
  default: z.custom<LoadProcessor>((value) => typeof value === 'function'),
});

type Assignment = Extract<ToChild, { type: 'job' }>;

interface JobAtHand {
  readonly abort: AbortController;
  /** Who waits to hear whether it is still held. */
  readonly answers: ((held: boolean) => void)[];
  begun: boolean;
}

/** Whom it can't be told any more is gone, and this process soon is, too. */
const tell = speaker<ToParent>((messages) => void process.send?.(messages, () => undefined));

/**
 * Loads the processor, says so, and handles one job after the other until the parent goes.
 *
 * @param module - Path of the processor's module.
 */
export async function serveJobs(module: string): Promise<void> {
  const started = performance.now();
  let perform: Perform;
  try {
    perform = await processorModule.parse(await import(pathToFileURL(module).href)).default();
  } catch (error) {
    tell.now({ type: 'load failed', reason: error instanceof Error ? error.message : String(error) });
    return;
  }

  const atHand = new Map<number, JobAtHand>();
  /** When the jobs so far have no more to compute. */
  let turn: Promise<void> = Promise.resolve();

  const carryOut = async (
    { ticket, payload, attempt, tracking }: Assignment,
    job: JobAtHand,
  ): Promise<Ending> => {
    const before = turn;
    let worked = (): void => undefined;
    const own = new Promise<void>((resolve) => {
      worked = resolve;
    });
    turn = before.then(() => own);
    // What is put down before it has begun keeps nobody waiting by its last words.
    job.abort.signal.addEventListener('abort', () => {
      if (!job.begun) worked();
    });
    try {
      const around: Surroundings = {
        tracking: clientFor(tracking),
        cacheDir: process.env.GRIDSEARCH_CACHE!,
        signal: job.abort.signal,
        turn: async () => {
          // Put down it need not wait for its turn.
          await Promise.race([before, aborted(job.abort.signal)]);
          job.abort.signal.throwIfAborted();
          job.begun = true;
          tell.now({ type: 'begun', ticket });
        },
        stillHeld: () =>
          new Promise((resolve) => {
            job.answers.push(resolve);
            tell.soon({ type: 'still held?', ticket });
          }),
        say: (line) => tell.now({ type: 'waiting', ticket, reason: line }),
        training: (now) => tell.now({ type: 'training', ticket, now }),
        worked: () => {
          tell.soon({ type: 'worked', ticket, together: around.tracking.takesBatches() });
          worked();
        },
        waiting: (reason) => tell.now({ type: 'waiting', ticket, reason }),
      };
      return await perform(payload, attempt, around);
    } catch (error) {
      if (job.abort.signal.aborted) return { kind: 'handed back' };
      return { kind: 'failed', reason: error instanceof Error ? error.message : String(error) };
    } finally {
      worked();
    }
  };

  const begin = async (assignment: Assignment): Promise<void> => {
    const { ticket } = assignment;
    const job: JobAtHand = { abort: new AbortController(), answers: [], begun: false };
    atHand.set(ticket, job);
    const ending = await carryOut(assignment, job);
    atHand.delete(ticket);
    tell.soon({ type: 'ended', ticket, ending });
  };

  process.on('message', (raw) => {
    for (const message of allToChild.parse(raw)) {
      const { ticket } = message;
      switch (message.type) {
        case 'cancel': {
          const job = atHand.get(ticket);
          job?.abort.abort();
          if (job?.begun === false) tell.soon({ type: 'put down', ticket });
          break;
        }
        case 'held':
          for (const answer of atHand.get(ticket)?.answers.splice(0) ?? []) answer(message.held);
          break;
        case 'job':
          void begin(message);
      }
    }
  });
  const loadMs = performance.now() - started;
  tell.now({ type: 'loaded', loadMs, ...(perform.engine !== undefined && { engine: perform.engine }) });
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

const clients = new Map<string, TrackingClient>();

/** One client an address, kept for its connections. What the queue alone names gets no credentials. */
function clientFor({ uri, trusted }: TrackingPlace): TrackingClient {
  const known = clients.get(uri);
  if (known !== undefined) return known;
  const fromEnv = trusted ? trackingFromEnv(process.env) : {};
  // The environment's own address may hold a login, which is printed and stored nowhere.
  const address = fromEnv.uri !== undefined && isSameServer(fromEnv.uri, uri) ? fromEnv.uri : uri;
  const client = createTrackingClient({ ...fromEnv, uri: address });
  clients.set(uri, client);
  return client;
}

function isSameServer(a: string, b: string): boolean {
  const [first, second] = [new URL(a), new URL(b)];
  return (
    first.origin === second.origin && first.pathname.replace(/\/$/, '') === second.pathname.replace(/\/$/, '')
  );
}
