/**
 * Bad input through the real command line: one line, exit code 2, nothing left behind. One malformed file of each kind of
 * trouble is enough here, as all of them are told by the same line of code; the function below it is given every file, in
 * test/unit/space-malformed.test.ts.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import { EXPECTED, MALFORMED } from '../support/malformed.js';
import { test } from '../support/test.js';

describe('a malformed file', () => {
  test.for([
    ['YAML syntax', 'unclosed-bracket.yaml'],
    ['bytes that are no text', 'binary.yaml'],
    ['the schema', 'unknown-key.yaml'],
    ['a table’s keys', 'unknown-model.yaml'],
    ['a rule between fields', 'min-above-max.yaml'],
    ['a data file that is not there', 'data-missing.yaml'],
    ['a data file’s content', 'data-ragged.yaml'],
    ['what the data can carry', 'data-small-class.yaml'],
  ] as const)(
    'is refused by run and submit in one line before anything is opened: %s, %s',
    async ([, file], { box }) => {
      const { message, line } = EXPECTED[file]!;
      const [ran, submitted] = await Promise.all(
        ['run', 'submit'].map((command) => box.run(command, join(MALFORMED, file))),
      );
      expect(ran).toEqual(submitted);
      expect(ran).toEqual({ code: 2, stdout: '', stderr: expect.stringMatching(/^[^\n]+\n$/) });
      expect(ran!.stderr).toContain(message);
      expect(ran!.stderr).toContain(line === undefined ? file.replace(/\.yaml$/, '') : `${file}:${line}:`);
      // No Redis, no tracking database, no lock: the data directory is as it was.
      expect(readdirSync(box.home)).toEqual([]);
    },
  );
});

test.for([
  [['run'], "missing required argument 'file'"],
  [['run', 'no-such-file.yaml'], 'no-such-file.yaml: no such file'],
  [['run', 'test/fixtures/malformed'], 'is a folder'],
  [['run', 'x.yaml', '--workers', 'many'], '--workers is many'],
  [['worker', '--concurrency', '-1'], '--concurrency is -1; give a whole number from 1 to 1024'],
  [['serch'], "unknown command 'serch'"],
  [['models', "it's"], `"it's" is no model's name: it has a character that is not allowed`],
  [['models', 'promote', '..', '1'], `".." is no model's name: it is a folder, not a name; add a letter`],
  [['models', 'compare', 'a:b', '1', '2'], `"a:b" is no model's name`],
  [['models', 'rollback', 'a@b'], `"a@b" is no model's name`],
  [['predict', "it's@champion", 'text'], `"it's" is no model's name`],
  [['serve', 'a\u0007b'], `"a\\u0007b" is no model's name`],
  [['up', '--port', ''], "'--port <number>' argument '' is invalid. Give a whole number from 0 to 65535"],
  [['serve', 'x', '--poll', ' '], "'--poll <seconds>' argument ' ' is invalid"],
  [['run', `${'/long'.repeat(1000)}/end.yaml`], '/end.yaml: a path too long for this system'],
  [['up', '--port', '70000'], 'Give a whole number from 0 to 65535'],
] as const)(
  '%j is told what is wrong, exit code 2, nothing left behind',
  async ([args, message], { box }) => {
    const { code, stdout, stderr } = await box.run(...args);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
    expect(stdout).toBe('');
    expect(code).toBe(2);
    expect(readdirSync(box.home)).toEqual([]);
  },
);

test('a host that is no address of this machine is told by up, exit code 2, nothing left running', async ({
  box,
}) => {
  const { code, stdout, stderr } = await box.run('up', '--port', '0', '--host', 'nonexistent.invalid');
  expect(stderr).toMatch(
    /^--host is nonexistent\.invalid, no address of this machine; give 127\.0\.0\.1[^\n]*\n$/,
  );
  expect([code, stdout]).toEqual([2, '']);
});

test.for([
  ['REDIS_URL', 'redis://127.0.0.1:99999', ['run', 'test/fixtures/small-grid.yaml']],
  ['REDIS_URL', 'redis://[::bad', ['submit', 'test/fixtures/small-grid.yaml']],
  ['REDIS_URL', 'redis://[::bad', ['status']],
  ['REDIS_URL', 'redis://127.0.0.1:99999', ['worker']],
  ['MLFLOW_TRACKING_URI', 'http://', ['up']],
  ['MLFLOW_TRACKING_URI', 'http://x y', ['worker']],
  ['MLFLOW_TRACKING_URI', 'http://', ['show', 'x']],
  ['MLFLOW_TRACKING_URI', 'http://x y', ['models']],
  ['MLFLOW_TRACKING_URI', 'http://', ['serve', 'x']],
] as const)(
  '%s=%s is refused by %j, exit code 2, nothing left behind',
  async ([name, value, args], { boxWith }) => {
    const box = boxWith({ [name]: value });
    const { code, stdout, stderr } = await box.run(...args);
    expect(stderr).toMatch(new RegExp(`^${name} is [^\\n]*; it must [^\\n]*, as in [^\\n]*\\n$`));
    expect([code, stdout]).toEqual([2, '']);
    expect(readdirSync(box.home)).toEqual([]);
  },
);
