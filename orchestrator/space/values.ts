/** What the parameters of each model kind take, of a list too. */
import type { ParameterValue } from '../../learning/models/index.js';
import type { ModelSpace } from './types.js';

/** Kind → parameter → its values, each once. */
export function valuesByKind(
  models: readonly ModelSpace[],
): Readonly<Record<string, Readonly<Record<string, readonly ParameterValue[]>>>> {
  const all: Record<string, Record<string, Set<ParameterValue>>> = {};
  for (const { model, axes } of models) {
    all[model] ??= {};
    for (const { parameter, values } of axes) {
      all[model][parameter] ??= new Set();
      for (const value of values) all[model][parameter].add(value);
    }
  }
  const lists = (sets: Record<string, Set<ParameterValue>>) =>
    Object.fromEntries(Object.entries(sets).map(([parameter, values]) => [parameter, [...values]]));
  return Object.fromEntries(Object.entries(all).map(([model, sets]) => [model, lists(sets)]));
}
