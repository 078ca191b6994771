/** What a person is told of an environment that can't work. */
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { InputError } from '../../orchestrator/app/errors.js';
import { homeDir } from '../../orchestrator/app/home.js';
import { openRedis } from '../../orchestrator/app/private-redis.js';

const folder = mkdtempSync(join(tmpdir(), 'gs-home-'));
afterAll(() => rmSync(folder, { recursive: true }));
const file = join(folder, 'file');
writeFileSync(file, '');

describe('the data directory', () => {
  test('is created with its parents, for its owner alone', () => {
    const home = join(folder, 'a', 'b');
    expect(homeDir({ GRIDSEARCH_HOME: home })).toBe(home);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(homeDir({ GRIDSEARCH_HOME: home })).toBe(home);
  });

  test.each([file, join(file, 'below'), '/proc/gridsearch'])('%s is refused in one line', (home) => {
    const refused = expect(() => homeDir({ GRIDSEARCH_HOME: home }));
    refused.toThrow(InputError);
    refused.toThrow(/^the data directory .*: .*; set GRIDSEARCH_HOME to a folder that you can write to$/);
  });
});

test.each([
  ['foo', 'REDIS_URL is foo; it must start with redis://'],
  ['localhost:6379', 'REDIS_URL is localhost:6379; it must'],
  ['http://me:secret@host:6379', 'REDIS_URL is ***@host:6379; it must'],
])('REDIS_URL=%s is no address of a Redis', async (REDIS_URL, message) => {
  const refusal = await openRedis(folder, { REDIS_URL }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InputError);
  expect((refusal as InputError).message).toContain(message);
});
