/** What benchmarks on tables use of ours. */
export { randomStream, shuffle } from '../../dist/learning/random/index.js';
export { FOLD_RULES, raceStops } from '../../dist/orchestrator/search/pruners/index.js';
export { STRATEGIES } from '../../dist/orchestrator/search/strategies/index.js';
export { criticalT } from '../../dist/review/analysis/index.js';
