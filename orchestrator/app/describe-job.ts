/** A job in the words of a search space: its configuration by what differs from the defaults. */
import { MODEL_KINDS, modelParameters } from '../../learning/models/index.js';
import type { Configuration } from '../../queue/index.js';

/** `lstm-3 fold 0 (units 64, dropout 0.3)`, or `lstm-3 refit (…)`. */
export function describeJob({
  configuration,
  fold,
}: {
  configuration: Configuration;
  fold: number | null;
}): string {
  const { model, index, parameters } = configuration;
  const usual = Object.hasOwn(MODEL_KINDS, model) ? modelParameters(model).parse({}) : {};
  const own = Object.entries(parameters)
    .filter(([name, value]) => value !== usual[name])
    .map(([name, value]) => `${name} ${value}`);
  const what = fold === null ? 'refit' : `fold ${fold}`;
  return `${model}-${index} ${what}${own.length === 0 ? '' : ` (${own.join(', ')})`}`;
}
