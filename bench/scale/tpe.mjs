/**
 * One TPE search with no-op folds. Tells what a generation took at some trials: the proposal alone, all of it, and the requests
 * to tracking; and the memory of this process, which has orchestrator and tracking server in it. Prints one JSON document.
 *
 *     node bench/scale/tpe.mjs --trials 10000
 */
import { subscribe } from 'node:diagnostics_channel';
import { parseArgs } from 'node:util';
import { STRATEGIES } from '../../dist/orchestrator/search/index.js';
import { noopInstallation } from '../noop/installation.mjs';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';

const { values: options } = parseArgs({ options: { trials: { type: 'string', default: '10000' } } });
const trials = Number(options.trials);
const FOLDS = 2;
const GENERATION = 8;
/** Trials at which it is told what a generation takes, by the last so many before it. */
const MARKS = [100, 1000, 10_000];
const AT_A_TIME = 10;

let requests = 0;
subscribe('http.client.request.start', () => {
  requests++;
});

/** Of each generation, in the order in which they were proposed. */
const generations = new Map();
const { tpe } = STRATEGIES;
const timed = {
  ...tpe,
  propose(space, history, generation) {
    const at = performance.now();
    const before = generations.get(generation.number);
    const proposed = tpe.propose(space, history, generation);
    const milliseconds = performance.now() - at + (before?.milliseconds ?? 0);
    generations.set(generation.number, {
      at: before?.at ?? at,
      requests: before?.requests ?? requests,
      rss: process.memoryUsage.rss(),
      to: generation.to,
      milliseconds,
    });
    if (generation.number % 125 === 0) say(`${generation.from} of ${trials} trials`);
    return proposed;
  },
};

const installation = await noopInstallation({ workers: 2, strategies: { ...STRATEGIES, tpe: timed } });
try {
  const started = performance.now();
  const searchId = await installation.submit(
    'scale',
    `cross_validation: { strategy: stratified_k_fold, n_splits: ${FOLDS} }
strategy: { kind: tpe, max_trials: ${trials}, generation: ${GENERATION} }
models:
  simple: { learning_rate: { min: 0.0003, max: 0.03, scale: log }, dropout: { min: 0, max: 0.6 } }
  lstm: { units: { min: 16, max: 256, scale: log }, layers: [1, 2, 3], learning_rate: { min: 0.0003, max: 0.03, scale: log } }
`,
  );
  const { result } = await installation.ended(searchId);
  const seconds = (performance.now() - started) / 1000;
  if (result.status !== 'FINISHED' || result.folds.finished !== trials * FOLDS)
    throw new Error(JSON.stringify(result));
  const marks = [...new Set(MARKS.map((mark) => Math.min(mark, trials)))].map(told);
  process.stdout.write(
    `${JSON.stringify({ trials, folds: trials * FOLDS, seconds, requests, marks, rss: process.resourceUsage().maxRSS * 1024 })}\n`,
  );
} finally {
  await installation.close();
}

/** Medians over the generations before a trial. */
function told(trial) {
  const all = [...generations.values()];
  const end = all.findLastIndex(({ to }) => to <= trial) + 1;
  const some = all.slice(Math.max(1, end - AT_A_TIME), end);
  const since = (key) => median(some.map((one) => one[key] - all[all.indexOf(one) - 1][key]));
  return {
    trial,
    proposal: median(some.map(({ milliseconds }) => milliseconds)),
    generation: since('at'),
    requests: since('requests'),
    rss: some.at(-1).rss,
  };
}
