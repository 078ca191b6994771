/** What a search was told to do, in plain words from its parent run's parameters: how configurations are chosen, judged and stopped. */
import type { SearchSummary } from './searches.js';
import { count } from './words.js';

export interface Terms {
  /** `TPE, 50 configurations in generations of 8, seed 7` */
  readonly strategy: string;
  /** Configurations of a generation; null of a search that has none. */
  readonly generation: number | null;
  /** `stratified k-fold, 5 folds` */
  readonly crossValidation: string;
  /** By rule, what stops a configuration or a fold early. */
  readonly pruning: readonly string[];
  readonly constraints: {
    /** What configurations must satisfy. */
    readonly where: string;
    /** Configurations that it left out; null where nobody can count them. */
    readonly removed: number | null;
  } | null;
}

const STRATEGIES: Readonly<Record<string, string>> = {
  grid: 'Grid',
  random: 'Random',
  sobol: 'Sobol',
  tpe: 'TPE',
  list: 'Listed',
};

/** What stops a trial between folds, and a fold between epochs. A rule of a later version is told by its name. */
const RULES: Readonly<Record<string, string>> = {
  forgiving: 'stops a configuration whose mean so far is not better than the worst fold of the best one',
  aggressive: 'stops a configuration whose mean so far is not better than that of the best one',
  corrected_t_test:
    'stops a configuration that a corrected t-test over its folds finds worse than the best one',
  median: 'stops a fold that is worse than half of the others at the same epoch',
  successive_halving: 'stops a fold that is not in the top third at the same epoch',
};

export function termsOf({
  params,
  trials,
  foldsOfTrial,
  removed,
}: Pick<SearchSummary, 'params' | 'trials' | 'foldsOfTrial' | 'removed'>): Terms {
  const generation = Number(params.generation);
  const size = Number.isInteger(generation) && generation > 0 ? generation : null;
  return {
    strategy: strategyWords(params, trials, size),
    generation: size,
    crossValidation: crossValidationWords(params, foldsOfTrial),
    pruning: [params.pruning_folds, params.pruning_epochs].flatMap((rule) =>
      rule === undefined || rule === 'off' ? [] : [ruleWords(String(rule))],
    ),
    constraints: params.where === undefined ? null : { where: bare(String(params.where)), removed },
  };
}

/** Without the brackets around an only constraint. */
const bare = (where: string): string =>
  where.includes(') && (') ? where : where.replace(/^\((.*)\)$/s, '$1');

function strategyWords(params: SearchSummary['params'], trials: number, generation: number | null): string {
  const kind = String(params.strategy ?? 'grid');
  const isSpread = params.order === 'spread';
  // Neither a list nor a grid in its own order is drawn.
  const seed =
    kind === 'list' || (kind === 'grid' && !isSpread) ? undefined : (params.strategy_seed ?? params.seed);
  return [STRATEGIES[kind] ?? kind, ...(Number.isNaN(trials) ? [] : [count(trials, 'configuration')])]
    .join(', ')
    .concat(isSpread ? ' spread over the space' : '')
    .concat(generation === null ? '' : ` in generations of ${generation}`)
    .concat(seed === undefined ? '' : `, seed ${seed}`);
}

function crossValidationWords(params: SearchSummary['params'], folds: number | undefined): string {
  if (params.cv === 'nested' && params.outer_cv !== undefined && params.inner_cv !== undefined) {
    const { inner_cv, inner_n_splits: n_splits, inner_n_repeats: n_repeats = 1 } = params;
    const inside = { cv: inner_cv, n_repeats };
    const inner = n_splits === undefined ? undefined : Number(n_splits) * Number(n_repeats);
    return `nested, ${crossValidationWords({ ...params, cv: params.outer_cv }, folds)}; within each ${crossValidationWords(inside, inner)}`;
  }
  const kind = String(params.cv ?? 'cross-validation')
    .replaceAll('_', ' ')
    .replace('k fold', 'k-fold');
  const repeats = Number(params.n_repeats ?? 1);
  return [
    kind,
    ...(folds === undefined ? [] : [count(folds, 'fold')]),
    ...(repeats > 1 ? [`${repeats} times over`] : []),
  ].join(', ');
}

function ruleWords(rule: string): string {
  const words = RULES[rule];
  return words === undefined ? rule : `${rule.replaceAll('_', ' ')}: ${words}`;
}

/** `TPE, 50 configurations in generations of 8, seed 7; stratified k-fold, 3 folds`: one thing a line. */
export function termLines({ strategy, crossValidation, pruning, constraints }: Terms): string[] {
  return [
    `Strategy: ${strategy}`,
    `Cross-validation: ${crossValidation}`,
    ...pruning.map((rule) => `Pruning: ${rule}`),
    ...(constraints === null ? [] : [`Constraints: ${constraintWords(constraints)}`]),
  ];
}

export const constraintWords = ({ where, removed }: NonNullable<Terms['constraints']>): string =>
  `${where}${removed === null ? '' : `, which removed ${count(removed, 'configuration')}`}`;
