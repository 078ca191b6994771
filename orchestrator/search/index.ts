/**
 * The search job's steps: plan → trials → select → refit → register, on BullMQ's own parent and child jobs.
 *
 * A search's life, as its job sees it (`progress.step` is all the state there is, and it lives in Redis):
 *
 * - `plan`: the strategy proposes a window of configurations, which is added as a child job and waited for; when its trials
 *   are done its counts are added up, its best trial is held against the best so far, and the next window follows.
 *   A search that is cut, by a person or at the end of its budget, drops its windows instead and goes on with the best so far.
 * - `refit`: the winner's refit job is added as a child and waited for.
 * - `register`: the refit model becomes a version in the registry, and the parent run is finished.
 *
 * Every step can be repeated: job ids are deterministic and runs are found again by their job's tag. So a process
 * may die anywhere; the stalled job is handed to the next orchestrator, which repeats at most one step. A process that was
 * frozen meanwhile and wakes up changes nothing: what counts is written only with the job's lock (queue/fence.ts), and what
 * can't be fenced is reconciled at the end (reconcile.ts).
 */

export { cancelSearch } from './cancel.js';
export {
  CHALLENGER,
  CHAMPION,
  ChampionChangedError,
  promoteVersion,
  type Registry,
  restoreChampion,
} from './champion.js';
export { type From, hasEarlier } from './earlier-folds.js';
export { heldFolds } from './held.js';
export { type Orchestrator, type SearchEvent, startOrchestrator } from './orchestrator.js';
export { epochRungs } from './pruners/index.js';
export { KeyTakenError, type QueueOptions, type Submitted } from './queue-search.js';
export { rebuildSearch } from './rebuild.js';
export {
  configurationAt,
  configurationCount,
  gridOf,
  leftOfSearch,
  removedFrom,
  STRATEGIES,
  type Strategy,
  sampleOf,
  trialCount,
} from './strategies/index.js';
export { type Submission, type SubmitOptions, submitSearch } from './submit.js';
export { type SubmittedSpace, submitAgain, submittedSpace } from './submitted-space.js';
export { wishToStop } from './wish.js';
