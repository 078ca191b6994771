/** What a command composes: services, preparation, training, the registry. Tests and benchmarks start the same. */

export { DatasetError } from '../../learning/data/index.js';
export { slowEngineNotice } from '../../learning/engine/index.js';
export { type ModelVersion, TAGS, type TrackingClient } from '../../tracking/client/index.js';
export type { WorkerEvent } from '../../worker/index.js';
export { SearchSpaceError } from '../space/index.js';
export { cancelByName } from './cancel.js';
export { closers } from './closers.js';
export { usableCores, workerCount } from './cores.js';
export { checkEngine } from './engine.js';
export { InputError } from './errors.js';
export { homeDir } from './home.js';
export {
  allVersions,
  type ChampionChange,
  type Comparison,
  compareVersions,
  findVersion,
  modelReference,
  promote,
  rollBack,
  versionsOf,
} from './models.js';
export { predictTexts, serveModel } from './predict.js';
export { prepare } from './prepare.js';
export { searchToResume } from './resume.js';
export { openServices, type Services } from './services.js';
export { submit } from './submit.js';
export { openTracking, type ServerPlace, type Tracking } from './tracking.js';
export { joinQueue, startTraining, type Training } from './training.js';
