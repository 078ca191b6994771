/** The environment that npm runs in when a program starts it: the user's settings, but not those of an npm that started the program. */
import { delimiter, dirname, join } from 'node:path';
import { firstWritable, homeFolder } from './paths.mjs';

const ELSEWHERE = /^npm_config_(local_prefix|workspaces?|include|omit|only|production)$/i;

/** @param folder - where npm may keep what it would keep in a home that this user, in a container, doesn't have */
export function npmEnvironment(env, folder) {
  const kept = Object.entries(env).filter(([name]) => !ELSEWHERE.test(name));
  const home = homeFolder();
  if (!home) kept.push(['HOME', folder]);
  else if (!firstWritable([home])) kept.push(['npm_config_cache', join(folder, '.npm')]);
  // npm is a script that looks for `node` on the PATH.
  const path = `${env.PATH ?? ''}${delimiter}${dirname(process.execPath)}`;
  return { ...Object.fromEntries(kept), PATH: path, NODE_ENV: 'production' };
}
