/** Settings in the environment that would be taken for something else than was meant, checked before anything is opened. */
import { isAbsolute } from 'node:path';
import { LOCK_DURATION, SECRET } from '../../queue/index.js';
import { ARTIFACT_ROOT } from '../../tracking/client/index.js';
import { checkAddresses } from './addresses.js';
import { InputError } from './errors.js';

/** @throws InputError that names the variable and what would be right */
export function checkEnvironment(env: NodeJS.ProcessEnv = process.env): void {
  checkAddresses(env);
  const secret = env[SECRET];
  if (secret !== undefined && secret.trim() === '')
    throw new InputError(`${SECRET} is empty; give it a long random text, or unset it to sign nothing`);
  wholeNumber(env, LOCK_DURATION, 1000, 600_000);
  wholeNumber(env, 'GRIDSEARCH_THREADS', 1, 256);
  const root = env[ARTIFACT_ROOT];
  if (root && !isAbsolute(root))
    throw new InputError(`${ARTIFACT_ROOT} is ${root}; give the whole path of a folder, from / on`);
  if (env.MLFLOW_TRACKING_USERNAME?.includes(':'))
    throw new InputError('MLFLOW_TRACKING_USERNAME has a colon, which ends a name in basic authentication');
}

function wholeNumber(env: NodeJS.ProcessEnv, name: string, least: number, most: number): void {
  const value = env[name];
  if (!value || (/^\d+$/.test(value) && Number(value) >= least && Number(value) <= most)) return;
  throw new InputError(`${name} is ${value}; give a whole number from ${least} to ${most}`);
}
