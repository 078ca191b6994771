/** The child side of a worker: one process, one engine, one job at a time. All that is loaded is reused from job to job. */
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import type { WorkerPayload } from '../queue/index.js';
import { createTrackingClient, type TrackingClient, trackingFromEnv } from '../tracking/client/index.js';
import { type Ending, type JobAttempt, type ToParent, type TrackingPlace, toChild } from './messages.js';

/** What a job stands on besides what its processor has loaded. */
export interface Surroundings {
  readonly tracking: TrackingClient;
  /** Folder for dataset snapshots. */
  readonly cacheDir: string;
  /** Aborts when the job is to be put down. */
  readonly signal: AbortSignal;
  /** Whether the job is still this worker's. */
  stillHeld(): Promise<boolean>;
  /** Tells the worker's user something. */
  say(line: string): void;
  /** Says that training begins, or is over. Its time is limited; that of reading data, and of waiting for others, is not. */
  training(now: boolean): void;
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

const tell = (message: ToParent): void => void process.send?.(message);

/**
 * Loads the processor, says so, and handles one job after the other until the parent goes.
 *
 * @param module - Path of the processor's module.
 */
export async function serveJobs(module: string): Promise<void> {
  let perform: Perform;
  try {
    perform = await processorModule.parse(await import(pathToFileURL(module).href)).default();
  } catch (error) {
    tell({ type: 'load failed', reason: error instanceof Error ? error.message : String(error) });
    return;
  }

  let atHand: AbortController | undefined;
  let answers: ((held: boolean) => void)[] = [];
  const stillHeld = (): Promise<boolean> =>
    new Promise((resolve) => {
      answers.push(resolve);
      tell({ type: 'still held?' });
    });

  process.on('message', async (raw) => {
    const message = toChild.parse(raw);
    switch (message.type) {
      case 'cancel':
        return atHand?.abort();
      case 'held': {
        const waiting = answers;
        answers = [];
        for (const answer of waiting) answer(message.held);
        return;
      }
      case 'job': {
        atHand = new AbortController();
        const around: Surroundings = {
          tracking: clientFor(message.tracking),
          cacheDir: process.env.GRIDSEARCH_CACHE!,
          signal: atHand.signal,
          stillHeld,
          say: (line) => tell({ type: 'waiting', reason: line }),
          training: (now) => tell({ type: 'training', now }),
          waiting: (reason) => tell({ type: 'waiting', reason }),
        };
        const ending = await perform(message.payload, message.attempt, around).catch(
          (error: unknown): Ending => ({
            kind: 'failed',
            reason: error instanceof Error ? error.message : String(error),
          }),
        );
        atHand = undefined;
        return tell({ type: 'ended', ending });
      }
    }
  });
  tell({ type: 'loaded', ...(perform.engine !== undefined && { engine: perform.engine }) });
}

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
