/** The estimate of nested cross-validation, as the search has written it. */
import { NESTED_FILE, type NestedResult, nestedResult } from '../../queue/index.js';
import { isNotFound, type TrackingClient } from '../../tracking/client/index.js';
import type { SearchSummary } from './searches.js';

/** null before the search has ended, and for any other cross-validation. */
export async function readNested(
  client: TrackingClient,
  { runId, metrics }: Pick<SearchSummary, 'runId' | 'metrics'>,
): Promise<NestedResult | null> {
  if (metrics.nested_mean_test_score === undefined) return null;
  try {
    const file = await client.downloadArtifact(await client.getRun(runId), NESTED_FILE);
    return nestedResult.safeParse(JSON.parse(file.toString('utf8'))).data ?? null;
  } catch (error) {
    // What lies there may be anybody's.
    if (isNotFound(error) || error instanceof SyntaxError) return null;
    throw error;
  }
}
