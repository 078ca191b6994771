/** The engine that the environment asks for, checked before anything is queued for it. */

import { SETUP_COMMAND } from '#engine-home';
import { ENGINES, nativeInstalled } from '../../learning/engine/index.js';
import { InputError } from './errors.js';

/** @throws InputError when `GRIDSEARCH_ENGINE` names no engine, or one that is not set up here. */
export function checkEngine(env: NodeJS.ProcessEnv = process.env): void {
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
