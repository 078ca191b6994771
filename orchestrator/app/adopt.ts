/** The run that a search is asked to become the parent of: `mlflow run` opens one, and names it in `MLFLOW_RUN_ID`. */
import { withoutSecrets } from '../../addresses/index.js';
import { hasEnded } from '../../review/results/index.js';
import { isNotFound, type Run, TAGS } from '../../tracking/client/index.js';
import { InputError } from './errors.js';
import type { Tracking } from './tracking.js';

const RUN_ID = 'MLFLOW_RUN_ID';

/**
 * That run; undefined when the environment names none. Only a server that the environment names knows it: beside the embedded
 * one the variable was meant for other programs.
 *
 * @param staysUntilTheEnd - Whether this process is there until the search ends. `mlflow run` ends its run when its command does.
 * @throws InputError when it can't be a search's parent
 */
export async function runToAdopt(
  { client, uri, embedded }: Pick<Tracking, 'client' | 'uri' | 'embedded'>,
  { staysUntilTheEnd }: { staysUntilTheEnd: boolean },
  env: NodeJS.ProcessEnv = process.env,
): Promise<Run | undefined> {
  const id = env.MLFLOW_RUN_ID;
  if (!id || embedded) return undefined;
  const refuse = (what: string): InputError => new InputError(`${RUN_ID} is ${id}, ${what}`);
  const remedy = `give the id of a run that goes on, or unset ${RUN_ID}`;
  if (!/^[a-zA-Z0-9][\w-]{0,255}$/.test(id)) throw refuse(`which is no id of a run; ${remedy}`);
  const run = await client.getRun(id).catch((error: unknown) => {
    if (isNotFound(error)) throw refuse(`which ${withoutSecrets(uri)} does not know; ${remedy}`);
    throw error;
  });
  const { info, tags } = run;
  if (info.lifecycleStage === 'deleted') throw refuse(`a run that was deleted; ${remedy}`);
  const searchId = tags[TAGS.searchId];
  if (searchId !== undefined)
    throw refuse(
      `a run of search ${searchId} already; go on with it by \`gridsearch resume ${searchId}\`, or unset ${RUN_ID} for a new search`,
    );
  if (hasEnded(info.status)) throw refuse(`a run that has ended as ${info.status}; ${remedy}`);
  if (!staysUntilTheEnd && tags[TAGS.projectEntryPoint] !== undefined)
    throw refuse(
      `which \`mlflow run\` ends when its command does, before the search has; use \`gridsearch run\` there, or unset ${RUN_ID}`,
    );
  return run;
}
