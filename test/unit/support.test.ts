/** What the tests' own fixtures must not let pass. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'vitest';
import { expectNoneLeft } from '../support/processes.js';
import { troubles } from '../support/runs.js';
import { test } from '../support/test.js';

test.skipIf(process.platform !== 'linux')(
  'a process that is left on a data directory is named and killed, wherever it hangs in the tree',
  async ({ folder }) => {
    const env = { ...process.env, GRIDSEARCH_HOME: folder };
    const child = spawn('sleep', ['300'], { detached: true, stdio: 'ignore', env });
    const ended = once(child, 'exit');
    await expect(expectNoneLeft(folder, 50)).rejects.toThrow(`left running: ${child.pid} sleep 300`);
    expect(await ended).toEqual([null, 'SIGKILL']);
    await expectNoneLeft(folder, 50);
  },
);

test('a search of which nothing is there is in trouble', () => {
  const nothing = { all: [], children: [], folds: [], refits: [] };
  expect(troubles(nothing, { children: 8, folds: 24 })).toEqual([
    '0 child runs',
    '0 fold runs',
    '0 refit runs',
  ]);
});
