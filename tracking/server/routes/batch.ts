/**
 * `gridsearch/batch` and `gridsearch/read-batch`: ordinary requests about runs, several in one, which MLflow's API does not have. A no-op
 * fold is four requests to it, and what each costs is the way over HTTP and its own transaction rather than what it writes. Reads come
 * apart from writes: they wait for nobody who writes.
 *
 * Every answer to an ordinary request says that they are taken ({@link batchHeaders}), so that a client needs neither a question
 * nor a version to know it, and sends MLflow's own requests to a server that says nothing.
 */
import { z } from 'zod';
import { ApiError } from '../errors.js';
import { LIMITS } from '../limits.js';
import type { Store } from '../store/contract.js';
import { type Route, route } from './route.js';

export const batchHeaders = { 'X-Gridsearch-Batch': '1' };

/** The writes that a search consists of. */
const WRITES = [
  'mlflow/runs/create',
  'mlflow/runs/update',
  'mlflow/runs/log-batch',
  'mlflow/runs/log-inputs',
];
/** What a page or a report reads of every run. */
const READS = ['mlflow/runs/get', 'mlflow/metrics/get-history'];

/** Requests in one batch. */
const MOST_REQUESTS = 1000;

const batchOf = (paths: readonly string[]) =>
  z.object({
    chains: z.array(z.array(z.object({ path: z.enum(paths), json: z.looseObject({}) })).min(1)).min(1),
  });

/** As the request alone would have been answered. */
interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * Requests of one chain are carried out in their order, up to the first that is refused; chains know nothing of each other.
 * All that a batch writes is kept in one transaction before anything of it is answered, and each request is checked as it is alone.
 * What no request can be blamed for (a full disk, a busy store) fails the whole, with nothing written.
 */
export const writeBatch = (routes: readonly Route[]): Route =>
  batchRoute('gridsearch/batch', WRITES, routes, (store, work) => store.together(work));

/** The same of reads, in no transaction: each sees what is there in its turn. */
export const readBatch = (routes: readonly Route[]): Route =>
  batchRoute('gridsearch/read-batch', READS, routes, (_, work) => work());

function batchRoute(
  path: string,
  paths: readonly string[],
  routes: readonly Route[],
  within: (store: Store, work: () => Answer[][]) => Answer[][],
): Route {
  const handlers = new Map(routes.map(({ path, handle }) => [path, handle]));
  return route('POST', path, batchOf(paths), (store, { chains }, bytes) => {
    const count = chains.reduce((sum, chain) => sum + chain.length, 0);
    if (count > MOST_REQUESTS)
      throw new ApiError(
        'INVALID_PARAMETER_VALUE',
        `A batch can contain at most ${MOST_REQUESTS} requests. Got ${count}.`,
      );
    // A part is not larger than the whole.
    const size = (json: object): number =>
      bytes <= LIMITS.batchBytes ? bytes : Buffer.byteLength(JSON.stringify(json));
    const answer = ({ path, json }: { path: string; json: object }): Answer => {
      try {
        return { status: 200, body: handlers.get(path)!(store, json, size(json)) };
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        return { status: error.status, body: { error_code: error.code, message: error.message } };
      }
    };
    return { chains: within(store, () => chains.map((chain) => upToRefusal(chain, answer))) };
  });
}

function upToRefusal<Request>(chain: readonly Request[], answer: (request: Request) => Answer): Answer[] {
  const answers: Answer[] = [];
  for (const one of chain) {
    answers.push(answer(one));
    if (answers.at(-1)!.status !== 200) break;
  }
  return answers;
}
