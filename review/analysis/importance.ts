/**
 * Which parameters mattered.
 *
 * A full grid needs no model of the scores: functional ANOVA (Hutter, Hoos and Leyton-Brown, An efficient approach for assessing
 * hyperparameter importance, ICML 2014) is then exact by averaging. Elsewhere PED-ANOVA (Watanabe, Bansal and Hutter, PED-ANOVA,
 * IJCAI 2023) compares how often each value occurs among the best tenth with how often it occurs at all.
 */
import type { Direction } from './ranks.js';

export type Value = string | number | boolean;

/** A configuration with its score. */
export interface Scored {
  readonly model: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly score: number;
}

export interface Level {
  readonly value: Value;
  /** Mean score of the configurations that have it. */
  readonly mean: number;
  readonly count: number;
}

export interface Effect {
  /** One parameter, or two together. */
  readonly parameters: readonly string[];
  /** With functional ANOVA the share of the scores' variance, beyond what each of two does alone; with PED-ANOVA a weight, all of which add up to 1. */
  readonly share: number;
  /** Mean scores by value, of one parameter. */
  readonly levels: readonly Level[];
}

export interface Importance {
  /** null: all kinds together, with `model` as the one parameter. */
  readonly model: string | null;
  readonly method: 'functional ANOVA' | 'PED-ANOVA';
  readonly configurations: number;
  /** Most important first; none where all scores are equal. */
  readonly effects: readonly Effect[];
}

/** The model kind first where kinds differ, then the parameters of each kind of which several configurations have a score. */
export function importances(all: readonly Scored[], direction: Direction): Importance[] {
  const kinds = grouped(all, ({ model }) => model);
  const ofKinds = [...kinds].flatMap(([model, scored]): Importance[] => {
    const found = importanceOf(scored, direction);
    return found === undefined ? [] : [{ model, ...found }];
  });
  if (kinds.size < 2) return ofKinds;
  const asParameter = all.map(({ model, score }) => ({ model, parameters: { model }, score }));
  // How the variance divides between and within kinds is exact whenever the grid of each kind is.
  const full = [...kinds.values()].every(isFullGrid);
  return [
    {
      model: null,
      method: full ? 'functional ANOVA' : 'PED-ANOVA',
      configurations: all.length,
      effects: full ? functionalAnova(asParameter, ['model']) : pedAnova(asParameter, ['model'], direction),
    },
    ...ofKinds,
  ];
}

function importanceOf(
  scored: readonly Scored[],
  direction: Direction,
): Omit<Importance, 'model'> | undefined {
  const names = varyingNames(scored);
  if (names.length === 0) return undefined;
  const common = { configurations: scored.length };
  return isFullGrid(scored)
    ? { method: 'functional ANOVA', ...common, effects: functionalAnova(scored, names) }
    : { method: 'PED-ANOVA', ...common, effects: pedAnova(scored, names, direction) };
}

const varyingNames = (scored: readonly Scored[]): string[] =>
  [...new Set(scored.flatMap(({ parameters }) => Object.keys(parameters)))].filter(
    (name) => new Set(scored.map(({ parameters }) => parameters[name])).size > 1,
  );

/** Whether each combination of the values that occur is there exactly once. */
function isFullGrid(scored: readonly Scored[]): boolean {
  const names = varyingNames(scored);
  const values = names.map((name) => new Set(scored.map(({ parameters }) => parameters[name])));
  if (values.reduce((product, { size }) => product * size, 1) !== scored.length) return false;
  const combinations = scored.map(({ parameters }) => JSON.stringify(names.map((name) => parameters[name])));
  return new Set(combinations).size === scored.length;
}

function functionalAnova(scored: readonly Scored[], names: readonly string[]): Effect[] {
  const mean = average(scored);
  const total = scored.reduce((sum, { score }) => sum + (score - mean) ** 2, 0) / scored.length;
  if (total === 0) return [];
  const codes = new Map(names.map((name) => [name, codesOf(scored, name)]));
  /** Share of the variance that the mean scores of groups have. */
  const between = (groupOf: (place: number) => number): number => {
    const sums = new Map<number, { sum: number; count: number }>();
    for (const [place, { score }] of scored.entries()) {
      const group = groupOf(place);
      const { sum, count } = sums.get(group) ?? { sum: 0, count: 0 };
      sums.set(group, { sum: sum + score, count: count + 1 });
    }
    const squares = [...sums.values()].map(({ sum, count }) => count * (sum / count - mean) ** 2);
    return squares.reduce((all, one) => all + one, 0) / scored.length / total;
  };
  const alone = new Map([...codes].map(([name, code]) => [name, between((place) => code[place]!)]));
  const pairs = names.flatMap((a, i) => names.slice(i + 1).map((b) => [a, b] as const));
  return byShare([
    ...names.map((name) => effect(scored, name, alone.get(name)!)),
    ...pairs.map(([a, b]) => {
      const [first, second] = [codes.get(a)!, codes.get(b)!];
      const both = between((place) => first[place]! * scored.length + second[place]!);
      return { parameters: [a, b], share: Math.max(0, both - alone.get(a)! - alone.get(b)!), levels: [] };
    }),
  ]);
}

/** The values of a parameter as whole numbers. */
function codesOf(scored: readonly Scored[], name: string): number[] {
  const codes = new Map<Value | undefined, number>();
  return scored.map(({ parameters }) => {
    const value = parameters[name];
    if (!codes.has(value)) codes.set(value, codes.size);
    return codes.get(value)!;
  });
}

/** Among the best tenth, as Optuna has it. */
const BEST = 0.1;

function pedAnova(scored: readonly Scored[], names: readonly string[], direction: Direction): Effect[] {
  const sign = direction === 'maximize' ? -1 : 1;
  const costs = scored.map(({ score }) => sign * score);
  const cut = costs.toSorted((a, b) => a - b)[Math.ceil(BEST * costs.length) - 1]!;
  const best = scored.filter((_, i) => costs[i]! <= cut);
  if (best.length === scored.length) return [];
  const divergences = names.map((name) => {
    const values = [...new Set(scored.map(({ parameters }) => parameters[name]))];
    const top = smoothed(best, name, values);
    return smoothed(scored, name, values).reduce((sum, all, i) => sum + all * (top[i]! / all - 1) ** 2, 0);
  });
  const total = divergences.reduce((sum, one) => sum + one, 0);
  return total === 0 ? [] : byShare(names.map((name, i) => effect(scored, name, divergences[i]! / total)));
}

/** Probabilities of values after a look at some configurations, by Optuna's estimator for categories: one more, unseen, of any value. */
function smoothed(some: readonly Scored[], name: string, values: readonly (Value | undefined)[]): number[] {
  const counts = values.map((value) => some.filter(({ parameters }) => parameters[name] === value).length);
  const kernels = counts.filter((count) => count > 0).length + 1;
  const unseen = 1 / (some.length + 1);
  return counts.map(
    (count) =>
      ((1 - unseen) / kernels + count * unseen) / (1 + values.length / kernels) + unseen / values.length,
  );
}

function effect(scored: readonly Scored[], name: string, share: number): Effect {
  const groups = grouped(scored, ({ parameters }) => parameters[name]);
  const levels = [...groups].flatMap(([value, group]) =>
    value === undefined ? [] : [{ value, mean: average(group), count: group.length }],
  );
  return { parameters: [name], share, levels };
}

function grouped<Key>(scored: readonly Scored[], keyOf: (one: Scored) => Key): Map<Key, Scored[]> {
  const groups = new Map<Key, Scored[]>();
  for (const one of scored) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const average = (scored: readonly Scored[]): number =>
  scored.reduce((sum, { score }) => sum + score, 0) / scored.length;

const byShare = (effects: readonly Effect[]): Effect[] => effects.toSorted((a, b) => b.share - a.share);
