/** What a search's models must beat, as its parent run keeps it. */
import { z } from 'zod';

const baseline = z.object({
  name: z.string().min(1).max(100),
  /** The objective over the search's own folds. */
  mean: z.number(),
  std: z.number(),
  /** The objective on the test rows, learnt from all others. */
  test: z.number(),
});

/** A method without anything to tune, on the same rows. */
export type BaselineScores = Readonly<z.infer<typeof baseline>>;

/** As a tag's text; a score that could not be computed leaves its baseline out. */
export const baselinesTag = (baselines: readonly BaselineScores[]): string =>
  JSON.stringify(baselines.filter((one) => baseline.safeParse(one).success));

/** Those of a tag; none where it is missing or anybody else's. */
export function baselinesOf(tag: string | undefined): BaselineScores[] {
  if (tag === undefined) return [];
  try {
    return z.array(baseline).parse(JSON.parse(tag));
  } catch {
    return [];
  }
}
