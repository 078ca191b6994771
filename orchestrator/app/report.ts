/** A search as one file, `report.html`. */
import { searchReport } from '../../review/report/index.js';
import { hasEnded, readSearch, type SearchSummary, stateOf } from '../../review/results/index.js';
import type { TrackingClient } from '../../tracking/client/index.js';
import { modelSize, simplicity } from './estimate.js';

/** The report of a search as tracking has it now. */
export function reportOf(client: TrackingClient, search: SearchSummary): Promise<string> {
  // Whether anybody works on one that goes on, only Redis knows.
  const state = hasEnded(search.status) ? stateOf(search, undefined, undefined, undefined) : 'running';
  return searchReport(client, search, { state, cost: simplicity, size: modelSize });
}

/** The report of a search of which nothing is left to do but to say that it is finished. */
export async function lastReport(client: TrackingClient, parentRunId: string): Promise<string> {
  const search = await readSearch(client, parentRunId);
  return reportOf(client, { ...search, status: 'FINISHED', endTime: search.endTime ?? Date.now() });
}
