/** All that anyone reads about a search: which there are, its trials and folds, its winner, how far it is, how it ended. */
export { readOutcome, type SearchOutcome } from './outcome.js';
export { readProgress, type SearchProgress } from './progress.js';
export { type FoldSummary, hasEnded, type RunSummary, type TrialSummary } from './runs.js';
export { findSearch, listSearches, readSearch, type SearchSummary, UnknownSearchError } from './searches.js';
export { openSearches, readStatus, type SearchStatus } from './status.js';
export { bestTrials, foldsOf, rankedTrials, refitOf, winnerOf } from './trials.js';
