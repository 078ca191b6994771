/** Values that stand for something that must be there before a search is queued: a pretrained encoder, for example. */
import { modelKind, type ParameterValue } from '../../learning/models/index.js';
import { issueAt, placeOf, type SearchSpace, SearchSpaceError } from '../space/index.js';

/**
 * The space with each value as workers want it; what it names is fetched if need be.
 *
 * @param say - Gets a line when something large is fetched.
 * @throws SearchSpaceError that names the field whose value can't be had
 */
export async function resolveValues(space: SearchSpace, say: (line: string) => void): Promise<SearchSpace> {
  const models = [];
  for (const one of space.models) {
    const { model, axes } = one;
    const { resolve } = modelKind(model).features;
    const resolved = [];
    for (const { values, ...axis } of axes) {
      const { parameter } = axis;
      const own: ParameterValue[] = [];
      for (const value of values) {
        try {
          own.push((await resolve?.(parameter, value, say)) ?? value);
        } catch (error) {
          const what = `can't be used: ${(error as Error).message}`;
          const path = [...placeOf(one), parameter];
          const finding = { path, what, remedy: 'correct it, or try another' };
          throw new SearchSpaceError([issueAt(space, finding)]);
        }
      }
      resolved.push({ ...axis, values: own });
    }
    models.push({ ...one, axes: resolved });
  }
  return { ...space, models };
}
