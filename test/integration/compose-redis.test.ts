/** The composition's Redis, as its command starts it: a search runs as its one user, and that user rules nothing else. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect } from 'vitest';
import { parse } from 'yaml';
import { connectRedis, pingRedis } from '../../queue/index.js';
import { SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

const composition = parse(readFileSync(join(import.meta.dirname, '..', '..', 'docker-compose.yml'), 'utf8'), {
  merge: true,
}) as { services: { redis: { command: [string, string, string] } } };

test('a search runs as the user of the composition, who may do nothing else', { timeout: 120_000 }, async ({
  folder,
  boxWith,
}) => {
  const port = await freePort();
  const [shell, option, script] = composition.services.redis.command;
  const here = script.replaceAll('/tmp/users.acl', join(folder, 'users.acl')).replaceAll('$$', '$');
  const server = spawn(shell, [option, `${here} --port ${port} --bind 127.0.0.1 --dir ${folder}`], {
    // Set-up finds a server off the PATH, too.
    env: {
      ...process.env,
      PATH: `${process.env.PATH}:/usr/local/bin:/usr/bin`,
      REDISCLI_AUTH: 'secret123',
    },
    stdio: 'ignore',
  });
  const ended = once(server, 'exit');
  const REDIS_URL = `redis://gridsearch:secret123@127.0.0.1:${port}/0`;
  try {
    await until('Redis answers', () =>
      pingRedis(REDIS_URL).then(
        () => true,
        () => false,
      ),
    );
    const box = boxWith({ REDIS_URL });
    const { code, stderr } = await box.run('run', SMALL_GRID, '--workers', '2');
    expect(code, stderr).toBe(0);
    expect(stderr).not.toContain('NOPERM');

    expect(await box.json('workers')).toEqual([]);

    const redis = connectRedis(REDIS_URL);
    expect(await redis.keys('gridsearch:*').catch((error: Error) => error.message)).toMatch(/permission/);
    for (const command of [
      ['config', 'get', 'dir'],
      ['flushall'],
      ['shutdown'],
      ['acl', 'list'],
      ['set', 'other:key', '1'],
    ] as const) {
      const [name, ...args] = command;
      await expect(redis.call(name, ...args), command.join(' ')).rejects.toThrow(/NOPERM/);
    }
    redis.disconnect();
    await expect(pingRedis(`redis://127.0.0.1:${port}`)).rejects.toThrow(/NOAUTH|Authentication/i);
    await expect(pingRedis(`redis://gridsearch:wrong@127.0.0.1:${port}`)).rejects.toThrow(/WRONGPASS/);
  } finally {
    server.kill();
    await ended;
  }
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as { port: number };
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
