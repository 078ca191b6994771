/** Tells on standard error how far a benchmark is: standard output has the result alone. */
export const say = (line) => process.stderr.write(`${line}\n`);
