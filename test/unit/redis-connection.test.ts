/** A connection that is closed while it waits to come back. */
import { join } from 'node:path';
import { expect } from 'vitest';
import { connectRedis } from '../../queue/index.js';
import { test } from '../support/test.js';

test('a duplicate that is disconnected while its server is away ends, and so do its commands', async ({
  folder,
}) => {
  const url = `unix://${join(folder, 'none.sock')}`;
  const redis = connectRedis(url, { lazyConnect: true, retryStrategy: () => 60_000 });
  const blocking = redis.duplicate({});
  blocking.on('error', () => undefined);
  const told = (event: string): Promise<void> => new Promise((resolve) => blocking.once(event, resolve));
  const reconnecting = told('reconnecting');
  blocking.connect().catch(() => undefined);
  await reconnecting;
  const ended = told('end');
  const command = blocking.bzpopmin('queue', 0).catch((error: Error) => error.message);
  blocking.disconnect();
  expect(await command).toBe('Connection is closed.');
  await ended;
  redis.disconnect();
}, 10_000);
