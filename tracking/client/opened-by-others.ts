/** Parent runs that somebody else opened, such as `mlflow run`: they have parameters and tags already, and others end them. */
import type { Scalar } from './batches.js';
import type { Run, RunStatus } from './schemas.js';

const OWN = 'gridsearch.';

/**
 * The parameters under the names that are free on the run. MLflow changes none: one whose name has another value there already
 * stands beside it, as `gridsearch.seed`.
 */
export const besideOthers = (
  params: Readonly<Record<string, Scalar>>,
  present: Readonly<Record<string, string>>,
): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(params).map(([name, value]) =>
      Object.hasOwn(present, name) && present[name] !== String(value) ? [OWN + name, value] : [name, value],
    ),
  );

/** A parent run's parameters by the names that a search gives them. */
export function ownParams(params: Readonly<Record<string, string>>): Record<string, string> {
  const all = Object.entries(params);
  const own = all.filter(([name]) => name.startsWith(OWN));
  return {
    ...Object.fromEntries(all.filter(([name]) => !name.startsWith(OWN))),
    ...Object.fromEntries(own.map(([name, value]) => [name.slice(OWN.length), value])),
  };
}

/** Without those of MLflow's tags that the run has: they say who opened it, and from which source. */
export const untold = (
  tags: Readonly<Record<string, Scalar>>,
  { tags: present }: Run,
): Record<string, Scalar> =>
  Object.fromEntries(
    Object.entries(tags).filter(([name]) => !(name.startsWith('mlflow.') && Object.hasOwn(present, name))),
  );

/** Whether others ended a search's parent run, and not the search, which says why it failed. */
export const endedByOthers = (status: RunStatus, failure: string | undefined): boolean =>
  status === 'FAILED' && failure === undefined;
