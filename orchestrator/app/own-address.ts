/**
 * The tracking address that an orchestrator publishes in Redis, vouched for by a key in the data directory: a worker in the same
 * folder may send its credentials there, while whoever can only write to Redis can't have them sent anywhere.
 */
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The key of this data directory; made when there is none. */
function keyOf(home: string): string {
  const file = join(home, 'key');
  try {
    writeFileSync(file, randomBytes(32).toString('hex'), { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  return readFileSync(file, 'utf8');
}

const signature = (home: string, uri: string): string =>
  createHmac('sha256', keyOf(home)).update(`tracking address\n${uri}`).digest('hex');

/** What is published. */
export const vouchFor = (home: string, uri: string): string => `${uri} ${signature(home, uri)}`;

/** Whether somebody with this data directory's key vouches for the address. */
export function isVouchedFor(home: string, uri: string, given: string | undefined): boolean {
  const [expected, got] = [signature(home, uri), given ?? ''].map((text) => Buffer.from(text));
  return expected!.length === got!.length && timingSafeEqual(expected!, got!);
}
