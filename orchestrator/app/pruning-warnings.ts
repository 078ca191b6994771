/** What asks for epochs to be pruned where there is nothing to prune: legal, and not what was meant. */
import { epochRungs } from '../search/index.js';
import { type SearchSpace, valuesByKind } from '../space/index.js';

/** Generations that begin before any results are known. */
const BLIND = 2;

/** @param trials - Configurations of the search in all. */
export function pruningWarnings(
  { pruning, models, strategy }: Pick<SearchSpace, 'pruning' | 'models' | 'strategy'>,
  trials: number,
): string[] {
  const { epochs } = pruning;
  if (epochs === 'off') return [];
  const most = Object.values(valuesByKind(models)).map((values) =>
    Math.max(0, ...(values.epochs ?? []).map(Number)),
  );
  if (most.every((one) => epochRungs(one).length === 0))
    return [
      `pruning.epochs: ${epochs} stops nothing: no kind of this search trains for more than one epoch; remove it`,
    ];
  const { generation = 1 } = strategy;
  if (trials > BLIND * generation) return [];
  const remedy =
    trials > BLIND ? `; write strategy: { generation: ${Math.max(1, Math.floor(trials / 4))} }` : '';
  return [
    `pruning.epochs: ${epochs} stops nothing: the first two generations have nothing to be held against, and ${trials} configurations are no more than that${remedy}`,
  ];
}
