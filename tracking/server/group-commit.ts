/**
 * One transaction for what arrives in the same turn of the event loop: a commit writes each page that it touched, some forty for a fold,
 * and folds that are written together touch the same ones. Nothing is answered before it is committed.
 */
import { ApiError } from './errors.js';
import type { Store } from './store/contract.js';

interface Waiting {
  readonly work: () => unknown;
  readonly settle: (value: unknown) => void;
  readonly fail: (error: unknown) => void;
}

type Outcome = { readonly value: unknown } | { readonly refused: ApiError };

/** @returns a function that keeps all that its argument writes, or nothing of it when that throws, whatever becomes of the others */
export function groupCommit({ together }: Pick<Store, 'together'>): <T>(work: () => T) => Promise<T> {
  let waiting: Waiting[] = [];

  const flush = (): void => {
    const group = waiting;
    waiting = [];
    let outcomes: Outcome[];
    try {
      outcomes = together(() => group.map(({ work }) => outcomeOf(() => together(work))));
    } catch {
      // Nothing of it was kept, and one may be the cause: each for itself.
      for (const { work, settle, fail } of group) {
        try {
          settle(together(work));
        } catch (error) {
          fail(error);
        }
      }
      return;
    }
    for (const [at, outcome] of outcomes.entries()) {
      const { settle, fail } = group[at]!;
      if ('refused' in outcome) fail(outcome.refused);
      else settle(outcome.value);
    }
  };

  return <T>(work: () => T) =>
    new Promise<T>((resolve, fail) => {
      waiting.push({ work, settle: (value) => resolve(value as T), fail });
      if (waiting.length === 1) setImmediate(flush);
    });
}

/** @throws what is no refusal: SQLite may have ended the whole transaction over it */
function outcomeOf(work: () => unknown): Outcome {
  try {
    return { value: work() };
  } catch (error) {
    if (error instanceof ApiError) return { refused: error };
    throw error;
  }
}
