/** How a trial stands after some folds, for the rules that ask whether its mean is better than a bar. */
import { isBetter, meanAndStd } from '../../../review/analysis/index.js';
import type { FoldEvidence, FoldRule, Incumbent, Stop } from './pruner.js';

/**
 * A rule that stops a trial whose mean so far is not better than a bar. Equal is not better: the incumbent came first, and
 * keeps its place among equals.
 *
 * @param bar - What the bar is called among a stop's numbers, and what it is.
 */
export function meanRule(
  rule: string,
  purpose: string,
  bar: { readonly name: string; of(incumbent: Incumbent, evidence: FoldEvidence): number },
): FoldRule {
  return {
    purpose,
    decide(evidence): Stop | undefined {
      const { scores, incumbent, direction } = evidence;
      if (incumbent === undefined) return undefined;
      const { mean } = meanAndStd(scores);
      const least = bar.of(incumbent, evidence);
      if (!Number.isFinite(mean) || !Number.isFinite(least) || isBetter(mean, least, direction))
        return undefined;
      return { rule, rung: scores.length, numbers: { mean, [bar.name]: least, incumbent: incumbent.index } };
    },
  };
}
