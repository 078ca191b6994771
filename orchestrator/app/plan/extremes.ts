/** Of a model kind the configurations that cost least and most, found axis by axis: a grid may have millions. */
import type { Configuration, ModelAxes, ParameterValue } from '../../../queue/index.js';

/**
 * What a fold costs grows with each parameter that it depends on by itself, so that the ends of all axes together are the ends
 * of the kind.
 *
 * @param costOf - What a fold of a configuration costs, in any unit.
 * @returns one where all cost the same
 */
export function extremes(
  { model, axes }: ModelAxes,
  costOf: (configuration: Configuration) => number,
): Configuration[] {
  const cost = (parameters: Record<string, ParameterValue>): number => costOf(made(model, parameters));
  const first = Object.fromEntries(axes.map(({ parameter, values }) => [parameter, values[0]!]));
  const end = (sign: 1 | -1): Record<string, ParameterValue> => {
    const at = { ...first };
    for (const { parameter, values } of axes)
      at[parameter] = values.reduce((best, value) =>
        sign * (cost({ ...at, [parameter]: value }) - cost({ ...at, [parameter]: best })) > 0 ? value : best,
      );
    return at;
  };
  const [least, most] = [end(-1), end(1)];
  return (cost(least) < cost(most) ? [least, most] : [least]).map((one) => made(model, one));
}

/** A configuration that no search hands out. */
const made = (model: string, parameters: Record<string, ParameterValue>): Configuration => ({
  index: 0,
  hash: '0'.repeat(12),
  model,
  parameters,
});
