/** What a command composes: services, preparation, training, the registry. Tests and benchmarks start the same. */

export { DatasetError } from '../../learning/data/index.js';
export { slowEngineNotice } from '../../learning/engine/index.js';
export {
  type Control,
  configuration,
  isLostConnection,
  objective,
  type PresentWorker,
  parameterValue,
  readControl,
  SealError,
  searchPriority,
} from '../../queue/index.js';
export { type ModelVersion, TAGS, type TrackingClient } from '../../tracking/client/index.js';
export type { Pool } from '../../worker/index.js';
export { type SearchEvent, trialCount } from '../search/index.js';
export {
  readSearchSpace,
  SearchSpaceError,
  type SearchSpaceIssue,
  searchSpaceJsonSchema,
} from '../space/index.js';
export { listenTrouble } from './addresses.js';
export { runToAdopt } from './adopt.js';
export { cancelByName } from './cancel.js';
export { closers } from './closers.js';
export { usableCores, workerCount } from './cores.js';
export { describeJob } from './describe-job.js';
export type { Earlier } from './earlier.js';
export { checkEngine } from './engine.js';
export { InputError } from './errors.js';
export { type Estimate, estimateNow, estimator, modelSize, simplicity, trainingSeconds } from './estimate.js';
export { type Exported, exportSearch } from './export.js';
export { extend, extensionOf } from './extend.js';
export { type Collected, collectAll } from './garbage.js';
export { homeDir } from './home.js';
export {
  type ChampionChange,
  ChampionChangedError,
  type Comparison,
  compareVersions,
  findVersion,
  type ModelReference,
  modelName,
  modelReference,
  promote,
  rollBack,
  versionsOf,
} from './models.js';
export { GaveUpError } from './patience.js';
export { type Pausing, pauseSearch, type Resuming, resumeSearch } from './pause.js';
export {
  type KindPlan,
  type Outlook,
  outlookOf,
  type Plan,
  PROBE_SECONDS,
  type Probe,
  planSearch,
  type Size,
  sizeOf,
  type TimePlan,
} from './plan/index.js';
export { type PlannedText, planText } from './plan/plan-text.js';
export { exampleText, serveModel } from './predict.js';
export { type PredictAside, predictAside } from './predict-aside.js';
export { listed, predictWithEach, type SaidBy, sameClasses } from './predict-models.js';
export { prepare, prepareSpace } from './prepare.js';
export { type PreparedText, prepareText, type WrittenSpace } from './prepare-text.js';
export { type PriorityChange, setPriority } from './priority.js';
export { startOthers, startProcesses } from './processes.js';
export { reportOf } from './report.js';
export { type Retry, retryFailed } from './retry.js';
export { type FrontModule, openServices, type Services } from './services.js';
export { checkEnvironment } from './settings.js';
export { type Stopping, stopByName } from './stop.js';
export { earlierOf, submit } from './submit.js';
export { readTexts } from './texts.js';
export { openTimeline, type Span, type Timeline } from './timeline.js';
export { openTracking, type ServerPlace, type Tracking } from './tracking.js';
export {
  type JobEnd,
  joinQueue,
  startTraining,
  type Training,
} from './training.js';
export { queuedOf } from './under-way.js';
export { drainIn, drainWorker, listWorkers } from './workers.js';
