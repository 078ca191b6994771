/** What commands print: one JSON document for programs, lines for people, lines on the side. */
import type { DocumentName, DocumentOf } from './documents/index.js';

let begun = false;

/** Whether a document has begun to be printed: then an error can't take its place any more. */
export const hasPrinted = (): boolean => begun;

/**
 * Writes to standard output what `--json` asked for, as fast as it is read.
 *
 * @returns false when nobody reads any more
 */
export async function write(text: string): Promise<boolean> {
  begun = true;
  const { stdout } = process;
  await new Promise<void>((resolve) => {
    stdout.write(text, () => resolve());
  });
  return stdout.writable;
}

/** Prints the document of `--json`. */
export const printDocument = <Name extends DocumentName>(_name: Name, value: DocumentOf<Name>): void =>
  void write(`${JSON.stringify(value, null, 2)}\n`);

/** Prints one of several documents, on a line of its own. */
export const printLine = <Name extends DocumentName>(_name: Name, value: DocumentOf<Name>): void =>
  void write(`${JSON.stringify(value)}\n`);

/** Prints lines for people on standard output. */
export const print = (...lines: readonly string[]): void =>
  void process.stdout.write(`${lines.join('\n')}\n`);

/** Says something on standard error, beside what was asked for. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
