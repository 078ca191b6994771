/** The one place that turns any error into the one line a person sees, and into an exit code. */
import { DatasetError } from '../../learning/data/errors.js';
import { SearchSpaceError } from '../space/index.js';

/** Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C. */
export const EXIT = { done: 0, failed: 1, badInput: 2, stopped: 130 } as const;

/** What the person asked for can't be: a wrong argument, an unknown search or model. */
export class InputError extends Error {}

/** Prints the error, without a stack unless `DEBUG=gridsearch`, and returns the exit code. */
export function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.trimEnd()}\n`);
  if (process.env.DEBUG === 'gridsearch' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  const badInput =
    error instanceof InputError || error instanceof SearchSpaceError || error instanceof DatasetError;
  return badInput ? EXIT.badInput : EXIT.failed;
}
