/** Searches that go on although somebody else ended their parent run: `mlflow run` does, when its command is stopped. */
import type { SearchSummary } from '../../review/results/index.js';
import { endedByOthers, type TrackingClient } from '../../tracking/client/index.js';

/** The search, whose parent run is open again if others ended it. */
export async function reopened(search: SearchSummary, client: TrackingClient): Promise<SearchSummary> {
  if (!endedByOthers(search.status, search.failure)) return search;
  await client.updateRun(search.runId, { status: 'RUNNING' });
  return { ...search, status: 'RUNNING' };
}
