/** The private Redis of a command line's data directory. */
import { join } from 'node:path';
import type { Sandbox } from './cli.js';

export const redisOf = ({ home }: Pick<Sandbox, 'home'>): string => `unix://${join(home, 'redis.sock')}`;
