/** How often the best value of a parameter beats the next best, all else being equal. */
import type { Importance, SearchView, Value } from '../api.js';
import { plain } from './format.js';
import { isBetter } from './shared.js';

/** In one sentence about the most important parameter; empty where nothing can be paired. */
export function pairsSentence(view: SearchView, { model, effects }: Importance): string {
  const effect = effects.find(({ parameters, levels }) => parameters.length === 1 && levels.length > 1);
  if (effect === undefined) return '';
  const [name] = effect.parameters as [string];
  const ranked = effect.levels.toSorted((a, b) =>
    a.mean === b.mean ? 0 : isBetter(view, a.mean, b.mean) ? -1 : 1,
  );
  const [best, next] = [ranked[0]!, ranked[1]!];
  const show = (value: Value): string => (typeof value === 'number' ? plain(value) : String(value));
  const { pairs, won } = pairsOf(view, model, name, best.value, next.value);
  if (pairs === 0)
    return `Its best value is ${show(best.value)}, with a mean of ${plain(Number(best.mean.toPrecision(3)))}.`;
  const often = won === pairs ? `all ${pairs}` : `${won} of ${pairs}`;
  return `${name} ${show(best.value)} beats ${show(next.value)} in ${often} pairs.`;
}

/** Configurations that differ in this parameter alone, with the one value and the other. */
export function pairsOf(
  view: SearchView,
  model: string | null,
  name: string,
  best: Value,
  next: Value,
): { pairs: number; won: number } {
  const { columns, varying } = view;
  const others = varying.filter((one) => one !== name);
  const key = (row: number): string =>
    JSON.stringify([
      name === 'model' ? null : columns.model[row],
      ...others.map((one) => columns.parameters[one]?.[row] ?? null),
    ]);
  const value = (row: number): Value | null =>
    (name === 'model' ? columns.model[row] : columns.parameters[name]?.[row]) ?? null;
  const means = new Map<string, number>();
  const rows = columns.runId
    .map((_, row) => row)
    .filter((row) => (model === null || columns.model[row] === model) && columns.mean[row] !== null);
  for (const row of rows) if (value(row) === next) means.set(key(row), columns.mean[row]!);
  let [pairs, won] = [0, 0];
  for (const row of rows) {
    const other = value(row) === best ? means.get(key(row)) : undefined;
    if (other === undefined) continue;
    pairs++;
    if (isBetter(view, columns.mean[row]!, other)) won++;
  }
  return { pairs, won };
}
