/** Programs that serve as Redis, and where they are. */
import { findProgram } from './run.mjs';

export const SERVERS = ['redis-server', 'valkey-server'];
/** Where servers are installed that an ordinary user's PATH leaves out. */
export const ALSO_IN = [
  '/usr/local/bin',
  '/usr/local/sbin',
  '/usr/bin',
  '/usr/sbin',
  '/sbin',
  '/opt/homebrew/bin',
];

/** Whether there is a Redis for us, told without starting or asking it. */
export const redisAtHand = (env = process.env) =>
  Boolean(env.REDIS_URL) || SERVERS.some((name) => findProgram(name, env, ALSO_IN));
