/** A winner that is no better than a baseline is told as such, not only crowned. */
import type { RefitResult, SearchPayload } from '../../queue/index.js';
import { isBetter } from '../../review/analysis/index.js';
import { addWarning, baselinesOf, TAGS, type TrackingClient } from '../../tracking/client/index.js';

/** Adds a warning to the parent run for each baseline that the winner does not beat on the test rows. */
export async function warnOfBaselines(
  { context }: Pick<SearchPayload, 'context'>,
  { testMetrics }: Pick<RefitResult, 'testMetrics'>,
  tracking: TrackingClient,
): Promise<void> {
  const { metric, direction } = context.objective;
  const score = testMetrics[metric] ?? Number.NaN;
  if (Number.isNaN(score)) return;
  const { tags } = await tracking.getRun(context.parentRunId);
  const lines = baselinesOf(tags[TAGS.baselines])
    .filter(({ test }) => !isBetter(score, test, direction))
    .map(
      ({ name, test }) =>
        `the winner's test ${metric} ${score.toFixed(4)} is no better than ${test.toFixed(4)}, that of the baseline, ${name}`,
    );
  if (lines.length === 0) return;
  const warnings = addWarning(tags[TAGS.warnings], ...lines);
  await tracking.logBatch(context.parentRunId, { tags: { [TAGS.warnings]: warnings } });
}
