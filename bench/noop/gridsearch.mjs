/**
 * Ours with no-op folds. A search of half the size first, so that processes are up and code is compiled; then the measured one,
 * from its submission to its registered version. Prints one JSON document.
 *
 *     node bench/noop/gridsearch.mjs --configurations 400 [--watch] [--workers 64 --sleeping]
 */
import { parseArgs } from 'node:util';
import { watchSearch } from '../../dist/orchestrator/cli/watch.js';
import { grid, noopInstallation } from './installation.mjs';

const { values: options } = parseArgs({
  options: {
    configurations: { type: 'string', default: '400' },
    workers: { type: 'string', default: '2' },
    /** Each fold sleeps for a second. */
    sleeping: { type: 'boolean', default: false },
    /** With the progress display of `run`, which asks Redis four times a second. */
    watch: { type: 'boolean', default: false },
  },
});
const WARM_UP = 200; // configurations, until V8 has compiled what is hot
const FOLDS = 3;

const installation = await noopInstallation({
  workers: Number(options.workers),
  processor: options.sleeping ? 'sleeper.mjs' : 'processor.mjs',
});
try {
  await search('warm-up', WARM_UP);
  const configurations = Number(options.configurations);
  const { seconds, result } = await search('no-op', configurations);
  const folds = configurations * FOLDS;
  if (result.status !== 'FINISHED' || result.folds.finished !== folds)
    throw new Error(JSON.stringify(result));
  process.stdout.write(
    `${JSON.stringify({ seconds, count: folds, version: `Node ${process.versions.node}` })}\n`,
  );
} finally {
  await installation.close();
}

/** Submits a search and waits for its end. */
async function search(name, configurations) {
  const { searches, tracking } = installation.services;
  const started = performance.now();
  const searchId = await installation.submit(name, grid(configurations, FOLDS));
  if (options.watch)
    await watchSearch({ searches, client: tracking.client }, searchId, new AbortController().signal);
  const { result } = await installation.ended(searchId);
  return { seconds: (performance.now() - started) / 1000, result };
}
