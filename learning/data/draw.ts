/** Groups of equal texts, and drawing some of them with every class in proportion. */
import { type Random, shuffle } from '../random/index.js';
import type { Dataset } from './types.js';

/** Rows whose text is the same: they go to the same side of every split. */
export interface Group {
  readonly rows: number[];
  /** The class most rows have; nearly always the only one. */
  readonly label: number;
}

type Labelled = Pick<Dataset, 'labels' | 'groups' | 'classes'>;

/** The groups among `rows`, in order of their first row. */
export function groupsOf(dataset: Labelled, rows: Int32Array): Group[] {
  const byGroup = new Map<number, number[]>();
  for (const row of rows) {
    const group = dataset.groups[row]!;
    const members = byGroup.get(group);
    if (members) members.push(row);
    else byGroup.set(group, [row]);
  }
  return Array.from(byGroup.values(), (members) => ({ rows: members, label: commonest(dataset, members) }));
}

/** What a split keeps whole, as messages call it. */
export const distinct = ({ groupNames }: Pick<Dataset, 'groupNames'>): string =>
  groupNames ? 'groups' : 'distinct texts';

function commonest(dataset: Labelled, rows: readonly number[]): number {
  const first = dataset.labels[rows[0]!]!;
  if (rows.every((row) => dataset.labels[row] === first)) return first;
  const counts = new Int32Array(dataset.classes.length);
  for (const row of rows) counts[dataset.labels[row]!]!++;
  return counts.indexOf(Math.max(...counts));
}

/**
 * Draws `count` of the rows, whole groups, every class in proportion but each at least once where it can be. Returns
 * them in ascending order. Groups of several rows may not fit the last places: then a few rows fewer are drawn.
 *
 * @param leave groups of each class that must stay behind: 1 when both sides need every class, else 0
 */
export function drawStratified(
  dataset: Labelled,
  rows: Int32Array,
  count: number,
  random: Random,
  leave: 0 | 1,
): Int32Array {
  const byClass: Group[][] = dataset.classes.map(() => []);
  for (const group of groupsOf(dataset, rows)) byClass[group.label]!.push(group);
  const sizes = byClass.map((groups) => groups.reduce((sum, group) => sum + group.rows.length, 0));
  const quotas = proportionalQuotas(
    sizes,
    byClass.map((groups) => (groups.length > leave ? 1 : 0)),
    count,
  );
  const drawn = byClass.flatMap((groups, label) => {
    const taken = takeUpTo(shuffle(groups, random), quotas[label]!);
    if (leave === 1 && taken.length === groups.length) taken.pop();
    return taken.flatMap((group) => group.rows);
  });
  return Int32Array.from(drawn).sort();
}

/** The first groups that fit; the smallest when not even one does. */
function takeUpTo(groups: readonly Group[], quota: number): Group[] {
  if (quota === 0) return [];
  let room = quota;
  const taken = groups.filter((group) => {
    if (group.rows.length > room) return false;
    room -= group.rows.length;
    return true;
  });
  if (taken.length > 0) return taken;
  return [groups.reduce((least, group) => (group.rows.length < least.rows.length ? group : least))];
}

/** Shares out `count` by size, largest remainders first; every quota is at least its `least`. */
function proportionalQuotas(sizes: readonly number[], least: readonly number[], count: number): number[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const exact = sizes.map((size) => (size * count) / total);
  const quotas = exact.map((share, index) => Math.max(least[index]!, Math.floor(share)));
  const sum = () => quotas.reduce((a, b) => a + b, 0);
  const byRemainder = exact
    .map((share, index) => ({ index, remainder: share - Math.floor(share) }))
    .filter(({ index }) => least[index]! > 0 && quotas[index]! <= exact[index]!)
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (let missing = count - sum(), i = 0; missing > 0 && i < byRemainder.length; missing--, i++) {
    quotas[byRemainder[i]!.index]!++;
  }
  // Rare classes that were raised to their least are paid for by the commonest.
  for (let excess = sum() - count; excess > 0; excess--) {
    const largest = quotas.indexOf(Math.max(...quotas));
    if (quotas[largest]! <= 1) break;
    quotas[largest]!--;
  }
  return quotas;
}
