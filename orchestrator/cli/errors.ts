/** The one place that turns any error into the one line a person sees, and into an exit code. */

import { UnknownSearchError } from '../../review/results/index.js';
import { DatasetError, InputError, SearchSpaceError } from '../app/index.js';
import { EXIT } from './exit.js';

const BAD_INPUT = [InputError, SearchSpaceError, DatasetError, UnknownSearchError];

/** Prints the error, without a stack unless `DEBUG=gridsearch`, and returns the exit code. */
export function report(error: unknown): number {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${message.trimEnd()}\n`);
  if (process.env.DEBUG === 'gridsearch' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  return BAD_INPUT.some((kind) => error instanceof kind) ? EXIT.badInput : EXIT.failed;
}
