/** The search spaces that tests search. */
import { fileURLToPath } from 'node:url';

const fixture = (name: string): string => fileURLToPath(new URL(`../fixtures/${name}`, import.meta.url));

/** Eight configurations over three folds, in seconds. */
export const SMALL_GRID = fixture('small-grid.yaml');
/** The same trained for longer: time in which a fold is surely under way. */
export const SLOW_GRID = fixture('slow-grid.yaml');
/** What there is to do in both. */
export const WHOLE_GRID = { children: 8, folds: 24 } as const;

/** A module that handles a worker's jobs in its child processes, named by what is wrong with it. */
export const processor = (name: string): string => fixture(`processors/_${name}.mjs`);

/** Four configurations over three folds: what faults are thrown at, many times over. */
export const TINY_GRID = fixture('tiny-grid.yaml');
export const WHOLE_TINY_GRID = { children: 4, folds: 12 } as const;
