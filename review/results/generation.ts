/** Where a search in generations is. */
import type { SearchProgress } from './progress.js';
import type { SearchStatus } from './status.js';
import { termsOf } from './terms.js';

export interface GenerationNow {
  /** From 1. */
  readonly number: number;
  readonly of: number;
  /** How many folds its trials were handed, of how many; null where all are handed out at once. */
  readonly rung: number | null;
  readonly rungs: number;
}

/**
 * The generation that is waited for; the one after it may be under way as well.
 *
 * @param size - Configurations of a generation, as the search was submitted.
 * @returns null of a search that has none, and when no more is handed out
 */
export function generationOf(
  { step, search: { progress, total, context }, rung }: Pick<SearchProgress, 'step' | 'search' | 'rung'>,
  size: number | null,
): GenerationNow | null {
  if (size === null || step !== 'plan' || progress.window === undefined || progress.cut !== undefined)
    return null;
  return {
    number: progress.window.number + 1,
    of: Math.ceil(total / size),
    rung: rung ?? null,
    rungs: context.folds,
  };
}

/** The same of a search as it stands; null also while it is not under way. */
export const generationNow = ({
  search,
  state,
  progress,
}: Pick<SearchStatus, 'search' | 'state' | 'progress'>): GenerationNow | null =>
  (state !== 'running' && state !== 'paused') || progress === undefined
    ? null
    : generationOf(progress, termsOf(search).generation);

/** The generation that a configuration belongs to, from 1. */
export const generationAt = (index: number, size: number | null): number | null =>
  size === null ? null : Math.floor(index / size) + 1;

/** `generation 4 of 7, fold rung 2 of 3` */
export const generationWords = ({ number, of, rung, rungs }: GenerationNow): string =>
  `generation ${number} of ${of}${rung === null ? '' : `, fold rung ${rung} of ${rungs}`}`;
