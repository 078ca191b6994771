/** Folds of groups of equal texts. */
import { type Random, shuffle } from '../../random/index.js';
import { type Group, groupsOf } from '../draw.js';
import type { Dataset } from '../types.js';

/**
 * Deals groups to folds, each to where its classes are rarest so far, then to the smallest fold, the largest groups
 * first: the idea of scikit-learn's StratifiedGroupKFold, in time linear in groups, because what a group adds is
 * looked at for its own classes only.
 *
 * @param balanced - Classes of a group that every fold should have its share of: one for each row, or none.
 */
export function dealGroups(
  dataset: Dataset,
  rows: Int32Array,
  folds: number,
  random: Random,
  balanced: (group: Group) => readonly number[],
): Int32Array[] {
  const perClass = Array.from({ length: folds }, () => new Int32Array(dataset.classes.length));
  const dealt: number[][] = Array.from({ length: folds }, () => []);
  // Class by class, so that the smallest fold gets the odd row of the next class.
  const groups = shuffle(groupsOf(dataset, rows), random).sort(
    (a, b) => b.rows.length - a.rows.length || (balanced(a)[0] ?? 0) - (balanced(b)[0] ?? 0),
  );
  for (const group of groups) {
    const labels = balanced(group);
    let best = 0;
    let bestCrowd = Number.POSITIVE_INFINITY;
    for (let fold = 0; fold < folds; fold++) {
      const crowd = labels.reduce((sum, label) => sum + perClass[fold]![label]!, 0);
      if (crowd < bestCrowd || (crowd === bestCrowd && dealt[fold]!.length < dealt[best]!.length)) {
        best = fold;
        bestCrowd = crowd;
      }
    }
    // Not push(...rows): a group may be the empty text a hundred thousand times, more than a call takes arguments.
    for (const row of group.rows) dealt[best]!.push(row);
    for (const label of labels) perClass[best]![label]!++;
  }
  return dealt.map((fold) => Int32Array.from(fold).sort());
}
