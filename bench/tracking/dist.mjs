/** What these benchmarks use of ours. */
export { createTrackingClient } from '../../dist/tracking/client/index.js';
export { startRealServer } from '../../dist/tracking/proof/real-server.js';
export { startTrackingServer } from '../../dist/tracking/server/index.js';
export { openDatabase } from '../../dist/tracking/server/store/database.js';
