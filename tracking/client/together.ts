/**
 * Requests that are ready at the same moment go as one, to a server that takes them so (the embedded one: see
 * tracking/server/routes/batch.ts); MLflow's own gets them one by one. What becomes ready while batches are under way is the next batch,
 * so that they are the larger, the more there is to do, and nothing ever waits for company.
 */
import { z } from 'zod';
import { TrackingError } from './errors.js';
import { parseJson } from './json.js';
import type { Answer } from './transport.js';

/** One request, by its path beneath `mlflow/`. */
export interface Step {
  readonly path: string;
  /** Fields of the body, or of the query where it reads. */
  readonly json: unknown;
}

/** A request's answer within a batch. */
export interface StepAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** What the server takes together, and where, beneath its root. Reads wait for no write. */
export const BATCHES = {
  writes: {
    at: '/api/2.0/gridsearch/batch',
    takes: new Set(['runs/create', 'runs/update', 'runs/log-batch', 'runs/log-inputs']),
  },
  reads: { at: '/api/2.0/gridsearch/read-batch', takes: new Set(['runs/get', 'metrics/get-history']) },
};

/** Of one batch: a larger one keeps the server from others for long. */
const MOST_CHAINS = 100;
const MOST_BYTES = 500_000;
/** While one is being answered, another can be on its way. */
const UNDER_WAY = 2;

interface Chain {
  readonly text: string;
  readonly settle: (answers: StepAnswer[] | undefined) => void;
  readonly fail: (error: unknown) => void;
}

const batchAnswer = z.object({
  chains: z.array(z.array(z.object({ status: z.number(), body: z.unknown() })).min(1)),
});

/** @throws TrackingError */
function readAnswer({ body }: Answer, count: number): StepAnswer[][] {
  const { data } = batchAnswer.safeParse(parseJson(body.toString()));
  if (data?.chains.length === count) return data.chains;
  throw new TrackingError(200, 'BAD_ANSWER', 'the answer to a batch does not have its parts');
}

export interface Together {
  /**
   * Sends requests that are to be carried out in their order, up to the first that is refused.
   *
   * @returns the answers up to there; undefined where they are to be sent one by one, as the server does not take these together
   * @throws what `post` throws: whether anything was carried out is unknown then
   */
  send(steps: readonly Step[]): Promise<StepAnswer[] | undefined>;
}

/**
 * @param takes - Paths of what may go together.
 * @param post - Sends a batch; undefined says that the server refused it as a whole.
 */
export function together(
  takes: ReadonlySet<string>,
  post: (body: string) => Promise<Answer | undefined>,
): Together {
  let underWay = 0;
  let planned = false;
  let waiting: Chain[] = [];

  const plan = (): void => {
    if (planned || underWay >= UNDER_WAY || waiting.length === 0) return;
    planned = true;
    // When all that this turn of the event loop brings is here.
    setImmediate(() => {
      planned = false;
      void carry(nextBatch());
      plan();
    });
  };

  const nextBatch = (): Chain[] => {
    let bytes = 0;
    const fits = waiting.findIndex(({ text }, at) => {
      bytes += text.length;
      return at > 0 && (at >= MOST_CHAINS || bytes > MOST_BYTES);
    });
    const batch = fits < 0 ? waiting : waiting.slice(0, fits);
    waiting = fits < 0 ? [] : waiting.slice(fits);
    return batch;
  };

  const carry = async (batch: readonly Chain[]): Promise<void> => {
    underWay++;
    try {
      const answer = await post(`{"chains":[${batch.map(({ text }) => text).join(',')}]}`);
      const chains = answer && readAnswer(answer, batch.length);
      batch.forEach(({ settle }, at) => {
        settle(chains?.[at]);
      });
    } catch (error) {
      for (const { fail } of batch) fail(error);
    } finally {
      underWay--;
      plan();
    }
  };

  return {
    send: async (steps) => {
      if (!steps.every(({ path }) => takes.has(path))) return undefined;
      const parts = steps.map(({ path, json }) => JSON.stringify({ path: `mlflow/${path}`, json }));
      const text = `[${parts.join(',')}]`;
      if (text.length > MOST_BYTES) return undefined;
      return new Promise((settle, fail) => {
        waiting.push({ text, settle, fail });
        plan();
      });
    },
  };
}
