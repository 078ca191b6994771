/** The one place that turns any error into the one line a person sees, the document a program reads, and an exit code. */

import { UnknownSearchError } from '../../review/results/index.js';
import { DatasetError, InputError, SealError, SearchSpaceError } from '../app/index.js';
import { EXIT } from './exit.js';
import { hasPrinted, printLine } from './output.js';
import { shortened } from './shortened.js';

const BAD_INPUT = [InputError, SearchSpaceError, DatasetError, UnknownSearchError, SealError];

/** Prints the error, without a stack unless `DEBUG=gridsearch`, and returns the exit code. */
export function report(error: unknown): number {
  const message = shortened((error instanceof Error ? error.message : String(error)).trimEnd());
  process.stderr.write(`${message}\n`);
  if (process.env.DEBUG === 'gridsearch' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
  const code = BAD_INPUT.some((kind) => error instanceof kind) ? EXIT.badInput : EXIT.failed;
  printError(message, code);
  return code;
}

const CODES = { [EXIT.failed]: 'failed', [EXIT.badInput]: 'bad_input', [EXIT.stopped]: 'stopped' } as const;

/** With `--json`, prints the error as the document, unless a document has begun. */
export function printError(message: string, exitCode: keyof typeof CODES): void {
  const end = process.argv.indexOf('--');
  const asked = process.argv.slice(2, end === -1 ? undefined : end).includes('--json');
  if (asked && !hasPrinted()) printLine('error', { error: { code: CODES[exitCode], message } });
}
