/** What earlier searches hold of one that is about to be submitted: decided once, and written down with it. */
import type { Redis } from 'ioredis';
import { codeVersion } from '../../learning/code/index.js';
import { engineHere } from '../../learning/engine/index.js';
import { type Objective, presentWorkers, reuseKey } from '../../queue/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import { type From, hasEarlier, heldFolds, type Submission } from '../search/index.js';

/** What a search's numbers hang on. */
export interface Asked {
  readonly search: Parameters<typeof heldFolds>[0] & { readonly context: { readonly objective: Objective } };
  /** Of its rows. */
  readonly digest: string;
  readonly foldDigests: readonly string[];
  /** Rules by what they stop. */
  readonly pruning: Readonly<Record<string, string>> | undefined;
}

export interface Earlier {
  /** Where results are taken from; undefined when there are none, or nobody wants them. */
  readonly from: From | undefined;
  /** Folds of the search that need not be trained; null where that can't be told. */
  readonly held: number | null;
}

export interface LookOptions {
  /** Where workers are. @defaultValue none are looked for */
  readonly redis?: Redis | undefined;
  /** Whether this machine trains, beside the workers that are there. @defaultValue only where there are none */
  readonly trainsHere?: boolean;
  /** Train everything. @defaultValue false */
  readonly fresh?: boolean;
}

export const askedOf = (submission: Submission): Asked => ({
  search: { ...submission, context: submission },
  digest: submission.rows.digest,
  foldDigests: submission.rows.foldDigests,
  pruning: submission.pruning,
});

/** Whether folds are trained to their end: those that rules may stop before hang on what others gave. */
const isWhole = ({ pruning = {} }: Pick<Asked, 'pruning'>): boolean =>
  Object.entries(pruning).every(([what, rule]) => what === 'folds' || rule === 'off');

/**
 * Looks for results that the search may take over. They must come from the engine that it will be trained with, so that no search
 * mixes two: the workers' that are there, or else this machine's.
 */
export async function lookForEarlier(
  { search, digest, foldDigests, pruning }: Asked,
  tracking: TrackingClient,
  { redis, trainsHere = false, fresh = false }: LookOptions = {},
): Promise<Earlier> {
  if (fresh || !isWhole({ pruning })) return { from: undefined, held: null };
  const engine = await engineOf(redis, trainsHere);
  const code = codeVersion();
  if (engine === undefined || code === undefined) return { from: undefined, held: null };
  const { seed, objective } = search.context;
  const key = reuseKey({ digest, seed, objective }, { engine, code });
  if (!(await hasEarlier(key, tracking))) return { from: undefined, held: 0 };
  const from = { key, before: Date.now() };
  return { from, held: await heldFolds(search, foldDigests, from, tracking) };
}

/** What will train; undefined when that can't be told, or there are several. */
async function engineOf(redis: Redis | undefined, trainsHere: boolean): Promise<string | undefined> {
  const workers = redis === undefined ? [] : await presentWorkers(redis);
  // One that has not loaded yet does not know.
  const engines = new Set(workers.flatMap(({ leaving, engine }) => (leaving ? [] : (engine ?? []))));
  if (trainsHere || engines.size === 0) {
    const here = engineHere();
    if (here === undefined) return undefined;
    engines.add(here);
  }
  return engines.size === 1 ? [...engines][0] : undefined;
}
