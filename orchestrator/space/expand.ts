/** The grid as a sequence: any configuration by its index, none of them held in memory. */
import { createHash } from 'node:crypto';
import type { Configuration, ParameterValue } from '../../queue/spec.js';
import type { ModelSpace, SearchSpace } from './types.js';

/** Only what the expansion needs of a search space, so that a test can write one down. */
export type Grid = Pick<SearchSpace, 'models'>;

/** How many configurations the search space has. */
export function configurationCount(space: Grid): number {
  return space.models.reduce((sum, model) => sum + sizeOf(model), 0);
}

function sizeOf({ axes }: ModelSpace): number {
  return axes.reduce((product, { values }) => product * values.length, 1);
}

/**
 * The configuration at an index: kinds in file order, parameters in file order, the last one varying fastest.
 *
 * @throws RangeError when there is no such index.
 */
export function configurationAt(space: Grid, index: number): Configuration {
  let rest = index;
  for (const model of space.models) {
    const size = sizeOf(model);
    if (Number.isInteger(rest) && rest >= 0 && rest < size) return pointOf(model, rest, index);
    rest -= size;
  }
  throw new RangeError(`No configuration ${index}: the search space has ${configurationCount(space)}`);
}

/** The index is a number whose digits are positions on the axes, the last axis being the units. */
function pointOf({ model, axes }: ModelSpace, rank: number, index: number): Configuration {
  const digits = new Array<ParameterValue>(axes.length);
  let rest = rank;
  for (let axis = axes.length - 1; axis >= 0; axis -= 1) {
    const { values } = axes[axis]!;
    digits[axis] = values[rest % values.length]!;
    rest = Math.floor(rest / values.length);
  }
  const parameters = Object.fromEntries(axes.map(({ parameter }, axis) => [parameter, digits[axis]!]));
  return { index, hash: configurationHash(model, parameters), model, parameters };
}

/** Every configuration in index order, one at a time. */
export function* expandSearchSpace(space: Grid): Generator<Configuration, void, undefined> {
  const count = configurationCount(space);
  for (let index = 0; index < count; index += 1) yield configurationAt(space, index);
}

/** Twelve hexadecimal digits that name a configuration, whatever the order of its parameters. */
export function configurationHash(
  model: string,
  parameters: Readonly<Record<string, ParameterValue>>,
): string {
  const sorted = Object.keys(parameters)
    .sort()
    .map((parameter) => [parameter, parameters[parameter]]);
  return createHash('sha256')
    .update(JSON.stringify([model, sorted]))
    .digest('hex')
    .slice(0, 12);
}
