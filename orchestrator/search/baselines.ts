/** A winner that is no better than a baseline is told as such, not only crowned. */
import type { BestTrial, RefitResult, SearchPayload } from '../../queue/index.js';
import { isBetter } from '../../review/analysis/index.js';
import {
  addWarning,
  type BaselineScores,
  baselinesOf,
  baselinesTag,
  TAGS,
  type TrackingClient,
} from '../../tracking/client/index.js';

/** Notes on the parent run the baseline that was trained, and a warning for each that the winner does not beat. May be repeated. */
export async function holdAgainstBaselines(
  { context }: Pick<SearchPayload, 'context'>,
  best: Pick<BestTrial, 'mean'>,
  { testMetrics, baseline }: Pick<RefitResult, 'testMetrics' | 'baseline'>,
  tracking: TrackingClient,
): Promise<void> {
  const { metric, direction } = context.objective;
  const { tags } = await tracking.getRun(context.parentRunId);
  const known = baselinesOf(tags[TAGS.baselines]);
  const all = baseline ? [...known.filter(({ name }) => name !== baseline.name), baseline] : known;
  const test = testMetrics[metric] ?? Number.NaN;
  const lines = all.flatMap((one) => unbeaten(one, best.mean, test, metric, direction));
  await tracking.logBatch(context.parentRunId, {
    tags: {
      ...(baseline && { [TAGS.baselines]: baselinesTag(all) }),
      ...(lines.length > 0 && { [TAGS.warnings]: addWarning(tags[TAGS.warnings], ...lines) }),
    },
  });
}

/** Over the folds, by which the winner was chosen, else on the test rows. */
function unbeaten(
  { name, mean, test }: BaselineScores,
  winnerMean: number,
  winnerTest: number,
  metric: string,
  direction: SearchPayload['context']['objective']['direction'],
): string[] {
  const said = (where: string, own: number, other: number): string[] => [
    `the winner's ${where} ${metric} ${own.toFixed(4)} is no better than ${other.toFixed(4)}, that of the baseline, ${name}`,
  ];
  if (!isBetter(winnerMean, mean, direction)) return said('mean', winnerMean, mean);
  if (Number.isNaN(winnerTest) || isBetter(winnerTest, test, direction)) return [];
  return said('test', winnerTest, test);
}
