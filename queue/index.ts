/** The contract between orchestrator and worker: queue names, job payloads, options, connection. Imports neither side. */
export * from './children.js';
export * from './configuration.js';
export * from './connection.js';
export * from './control.js';
export * from './fence.js';
export * from './jobs.js';
export * from './lock.js';
export * from './options.js';
export * from './patience.js';
export * from './pause.js';
export * from './presence.js';
export * from './results.js';
export * from './reuse.js';
export * from './seal.js';
export { ASIDE_WHILE_PAUSED, changePriority, jobsWait, NO_PLACE, placeJobs, takeJob } from './shares.js';
export * from './taken.js';
