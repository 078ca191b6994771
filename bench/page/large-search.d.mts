import type { TrackingClient } from '../../tracking/client/index.js';

/** A finished search with so many child runs, without fold runs: what its view is drawn from. */
export function largeSearch(
  client: TrackingClient,
  options: { children: number; folds: number },
): Promise<{ searchId: string; parentRunId: string }>;
