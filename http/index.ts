/** What every HTTP server here shares: who may talk to it, how much and how fast, where it listens and how it stops. */
export { type Credentials, missingCredential } from './auth.js';
export { bodyChunks, wholeBody } from './body.js';
export { Refusal, type RefusalReason } from './errors.js';
export { type GateOptions, gate } from './gate.js';
export { type Listening, type ListenOptions, listen } from './listen.js';
