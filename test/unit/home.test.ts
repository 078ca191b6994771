/** What a person is told of an environment that can't work. */
import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect } from 'vitest';
import { InputError } from '../../orchestrator/app/errors.js';
import { homeDir } from '../../orchestrator/app/home.js';
import { openRedis } from '../../orchestrator/app/private-redis.js';
import { test } from '../support/test.js';

describe('the data directory', () => {
  test('is created with its parents, for its owner alone', ({ folder }) => {
    const home = join(folder, 'a', 'b');
    expect(homeDir({ GRIDSEARCH_HOME: home })).toBe(home);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(homeDir({ GRIDSEARCH_HOME: home })).toBe(home);
  });

  test('is closed to others where it was open, unless everybody may write there', ({ folder }) => {
    const [open, shared] = [join(folder, 'open'), join(folder, 'shared')];
    for (const [home, mode] of [
      [open, 0o755],
      [shared, 0o1777],
    ] as const) {
      mkdirSync(home);
      chmodSync(home, mode);
      homeDir({ GRIDSEARCH_HOME: home });
    }
    expect(statSync(open).mode & 0o7777).toBe(0o700);
    expect(statSync(shared).mode & 0o7777).toBe(0o1777);
  });

  test.for([
    ['a file', 'file'],
    ['a place below a file', 'file/below'],
    ['a place where nobody may write', '/proc/gridsearch'],
  ] as const)('is refused in one line when it is %s', ([, place], { folder }) => {
    writeFileSync(join(folder, 'file'), '');
    const refused = expect(() => homeDir({ GRIDSEARCH_HOME: resolve(folder, place) }));
    refused.toThrow(InputError);
    refused.toThrow(/^the data directory .*: .*; set GRIDSEARCH_HOME to a folder that you can write to$/);
  });
});

test.for([
  ['foo', 'REDIS_URL is foo; it must start with redis://'],
  ['localhost:6379', 'REDIS_URL is localhost:6379; it must'],
  ['http://me:secret@host:6379', 'REDIS_URL is http://***@host:6379; it must'],
] as const)('REDIS_URL=%s is no address of a Redis', async ([REDIS_URL, message], { folder }) => {
  const refusal = await openRedis(folder, { REDIS_URL }).catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(InputError);
  expect((refusal as InputError).message).toContain(message);
});
