#!/usr/bin/env node
/**
 * Makes a fresh checkout ready to run: Redis, the native TensorFlow engine, the compiled code. Idempotent; run it as often as you like.
 *
 * `npm run setup` calls it, and so do `npm test` and `npm run quickstart`. See `--help`.
 */
import { nodeVersionProblem } from './node.mjs';

const problem = nodeVersionProblem(process.version);
if (problem) {
  process.stderr.write(`setup: ${problem}\n`);
  process.exitCode = 2;
} else {
  // Loaded only now, because these files use syntax that an old Node rejects before it could print the line above.
  import('./steps.mjs').then(({ main }) => main(process.argv.slice(2)));
}
