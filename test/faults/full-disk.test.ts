/** A data directory on a disk that fills up in the middle of a search. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test as plain } from 'vitest';
import { type Sandbox, sandbox } from '../support/cli.js';
import { SLOW_GRID } from '../support/spaces.js';
import { until } from '../support/until.js';

/** Room for a whole search and the log of its database, which takes 22 MB before it is folded: only the filler may fill it. */
const small = mkdtempSync(join(tmpdir(), 'gs-small-'));
const mount = (): boolean =>
  spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64m', 'tmpfs', small]).status === 0;
const unmount = (): boolean => spawnSync('umount', ['-l', small]).status === 0;
const mayMount = process.getuid?.() === 0 && mount() && unmount();

let box: Sandbox;
beforeEach(() => {
  if (!mayMount) return;
  mount();
  box = sandbox({ GRIDSEARCH_HOME: small });
});
afterEach(async () => {
  if (mayMount) {
    await box.dispose();
    unmount();
  }
  rmSync(small, { recursive: true, force: true });
});

plain.skipIf(!mayMount)(
  `stops a run in a few lines, resumable${mayMount ? '' : ' (mount needs root)'}`,
  async () => {
    const run = box.start('run', SLOW_GRID, '--workers', '2', '--patience', '8s', '--json');
    await until('folds are being trained', () => /folds [1-9]/.test(run.stderr()));
    const filler = join(small, 'filler');
    // Until not a page is left.
    for (let bytes = 2 ** 24; bytes >= 1; bytes = Math.floor(bytes / 2)) {
      for (;;) {
        try {
          writeFileSync(filler, Buffer.alloc(bytes), { flag: 'a' });
        } catch {
          break;
        }
      }
    }
    const end = await run.ended;
    expect(end.code, end.stderr).toBe(1);
    expect(end.stderr).not.toMatch(/^\s+at /m);
    const told = end.stderr.split('\n').filter((line) => /Waiting|Gave up|can't|Nothing is lost/.test(line));
    expect(told.length).toBeLessThan(10);
    expect(end.stderr).toMatch(/disk is full|No space left|can't keep what it is told/);
    expect(end.stderr).toMatch(/npx gridsearch resume slow-grid-/);
    rmSync(filler);
    const resumed = await box.run('resume', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({
      status: 'FINISHED',
      folds: { finished: 24, failed: 0 },
    });
  },
  240_000,
);
