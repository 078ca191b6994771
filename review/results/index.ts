/** All that anyone reads about a search: which there are, its trials and folds, its winner, how far it is, how it ended. */
export { meanAndStd, sparkline } from '../analysis/index.js';
export { type Budget, budgetWords, readBudget, usedSeconds } from './budget.js';
export { nameOf, type TrialColumns, type TrialTable } from './columns.js';
export { type ComparedTrial, MOST_COMPARED, type PredictedRows, readCompared } from './compare.js';
export type { Comparisons } from './comparisons.js';
export { type Baseline, type Evidence, evidenceOf, type Registered, readEvidence } from './evidence.js';
export { type FoundRun, findRun, findRunIn } from './find-run.js';
export { type GenerationNow, generationNow, generationWords } from './generation.js';
export { type JobRun, jobsOf } from './jobs.js';
export {
  findTestRows,
  type Judged,
  type JudgedRow,
  type JudgedTwice,
  type Judgement,
  judgedTwice,
  judgementOf,
  readJudged,
  readTestRows,
} from './judged.js';
export { readNested } from './nested.js';
export { readOutcome, type SearchOutcome } from './outcome.js';
export {
  compareRows,
  compareTrialRows,
  FOLD_PREDICTIONS,
  type FoldPredictions,
  predictedOf,
  type RowComparison,
  readPredictions,
} from './predictions.js';
export { type Presence, readPresence } from './presence.js';
export { readProgress, type SearchProgress } from './progress.js';
export {
  type Curves,
  type RunDetail,
  type RunFile,
  readRun,
  readRunFile,
} from './run-detail.js';
export {
  type EarlierAttempt,
  type FoldSummary,
  hasEnded,
  paramValue,
  type RunSummary,
  type TrialSummary,
} from './runs.js';
export {
  findSearch,
  jobsOfTrial,
  listSearches,
  readSearch,
  type SearchSummary,
  UnknownSearchError,
} from './searches.js';
export { isPaused, SEARCH_STATES, type SearchState, stateOf } from './state.js';
export { openSearches, queuePositions, readStatus, type SearchStatus, secondsUnderWay } from './status.js';
export { constraintWords, type Terms, termLines, termsOf } from './terms.js';
export {
  type BestTrial,
  bestOf,
  bestTrials,
  foldsOf,
  rankedTrials,
  refitOf,
  registeredBy,
} from './trials.js';
export { allVersions } from './versions.js';
export { metricWords, short, shortSpread } from './words.js';
export { readWorkers, type WorkerNow } from './workers.js';
