/** The contract between orchestrator and worker: queue names, job payloads, connection. Imports neither side. */
export * from './connection.js';
export * from './jobs.js';
export * from './lock.js';
export * from './spec.js';
export * from './tags.js';
