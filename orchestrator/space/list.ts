/** Configurations that a file lists. Each is a space of one point, so that whatever reads a space reads them too. */
import type { AxisInput } from './axis.js';
import { defaultOf } from './axis.js';
import type { Finding } from './issues.js';
import { PARAMETERS } from './parameters.js';
import type { Axis, ModelSpace } from './types.js';

/**
 * One listed configuration. What it does not name takes the one value that the kind's space has, else the default.
 *
 * @param named - Its parameters, out of their groups.
 * @param around - The kind's space without it.
 * @param index - Its place in the list.
 */
export function listedSpace(
  named: readonly (readonly [parameter: string, value: AxisInput])[],
  { model, axes }: ModelSpace,
  index: number,
): ModelSpace {
  const values = new Map(named);
  const shape = PARAMETERS.kinds[model]!.parameters.shape;
  const place = ['strategy', 'configurations', index];
  const single = ({ parameter, values: [first, ...others], range }: Axis) =>
    others.length === 0 && range === undefined ? first : defaultOf(shape[parameter]!);
  // Also what has no default, and stands in no space that does not name it.
  const parameters = new Set([...axes.map(({ parameter }) => parameter), ...values.keys()]);
  return {
    model,
    place,
    axes: [...parameters].flatMap((parameter) => {
      const around = axes.find((axis) => axis.parameter === parameter);
      const value = (values.get(parameter) as Axis['values'][number]) ?? (around && single(around));
      return value === undefined ? [] : [{ parameter, values: [value] }];
    }),
  };
}

/** Configurations that say the same once all is filled in: each would be trained once, and counted twice. */
export function repeatFindings(listed: readonly ModelSpace[]): Finding[] {
  const seen = new Map<string, number>();
  return listed.flatMap(({ model, place = [], axes }, index) => {
    const parameters = axes.map(({ parameter, values }) => [parameter, values[0]]);
    const key = JSON.stringify([model, parameters.sort()]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    return [
      {
        path: place,
        what: `is the same ${model} as entry ${first + 1} of the list once defaults are filled in`,
        remedy: 'remove one: the same configuration would be trained twice',
      },
    ];
  });
}
