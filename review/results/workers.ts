/** The workers that are there, and what each trains at this moment. */
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { FOLD_QUEUE, PREFIX, readData, workerPayload } from '../../queue/index.js';

export interface WorkerNow {
  /** Host and process. */
  readonly name: string;
  readonly jobs: readonly WorkNow[];
}

export interface WorkNow {
  /** null of a job that this version, or this secret, can't read. */
  readonly searchId: string | null;
  /** `lstm-3-fold-0`, `refit`; null as above. */
  readonly run: string | null;
  /** ms since 1970. */
  readonly since: number | null;
}

/** Jobs that are looked at: there is one for each training process. */
const MOST_JOBS = 1000;

/** By name; undefined where Redis does not let this user see its clients. */
export async function readWorkers(redis: Redis): Promise<WorkerNow[] | undefined> {
  const queue = new Queue(FOLD_QUEUE, { connection: redis, prefix: PREFIX });
  try {
    const [clients, jobs] = await Promise.all([queue.getWorkers(), queue.getActive(0, MOST_JOBS - 1)]);
    const workers = new Map<string, WorkNow[]>();
    for (const { rawname = '' } of clients) workers.set(rawname.split(':w:')[1] ?? rawname, []);
    // A job whose worker has just gone is nobody's until its lock runs out.
    for (const job of jobs) workers.get(job?.processedBy ?? '')?.push(workOf(job));
    return [...workers].map(([name, jobs]) => ({ name, jobs })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    if (!/NOPERM|unknown command/i.test((error as Error).message)) throw error;
    return undefined;
  } finally {
    await queue.close();
  }
}

function workOf(job: Parameters<typeof readData>[0] & { processedOn?: number }): WorkNow {
  const since = job.processedOn ?? null;
  try {
    const payload = readData(job, workerPayload);
    const { model, index } = payload.configuration;
    const run = payload.kind === 'fold' ? `${model}-${index}-fold-${payload.fold}` : 'refit';
    return { searchId: payload.context.searchId, run, since };
  } catch {
    return { searchId: null, run: null, since };
  }
}
