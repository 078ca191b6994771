/** What commands print: one JSON document for programs, lines for people, lines on the side. */

/** Prints the document of `--json`. */
export const printJson = (value: unknown): void =>
  void process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);

/** Prints lines for people on standard output. */
export const print = (...lines: readonly string[]): void =>
  void process.stdout.write(`${lines.join('\n')}\n`);

/** Says something on standard error, beside what was asked for. */
export const say = (line: string): void => void process.stderr.write(`${line}\n`);
