/** The engine that the environment asks for, checked before anything is queued for it. */

import { SETUP_COMMAND } from '#engine-home';
import { ENGINES, kernelProblem, nativeInstalled } from '../../learning/engine/index.js';
import { InputError } from './errors.js';

/** @throws InputError when `GRIDSEARCH_ENGINE` or `GRIDSEARCH_KERNEL` names none, or one that can't be had here. */
export function checkEngine(env: NodeJS.ProcessEnv = process.env): void {
  const problem = kernelProblem(env);
  if (problem !== undefined) throw new InputError(problem);
  const asked = env.GRIDSEARCH_ENGINE;
  if (!asked) return;
  if (!ENGINES.some((name) => name === asked)) {
    throw new InputError(`GRIDSEARCH_ENGINE is ${asked}; the engines are ${ENGINES.join(' and ')}`);
  }
  if (asked === 'tfjs-node' && !nativeInstalled()) {
    throw new InputError(
      `GRIDSEARCH_ENGINE is tfjs-node, which is not set up here; \`${SETUP_COMMAND}\` tells why`,
    );
  }
}
