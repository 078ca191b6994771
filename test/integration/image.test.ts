/** What the Dockerfile copies into the image is all that a search needs: tried in a folder that holds just that. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nativeInstalled } from '../../learning/engine/installed.js';
import { type Sandbox, sandbox } from '../support/cli.js';

const root = join(import.meta.dirname, '..', '..');
const native = nativeInstalled();
let image: string;
let box: Sandbox;

beforeAll(() => {
  image = mkdtempSync(join(tmpdir(), 'gs-image-'));
  const [, last = ''] = /.*\nFROM base\n(.*)/s.exec(readFileSync(join(root, 'Dockerfile'), 'utf8')) ?? [];
  const copied = [...last.matchAll(/^COPY (?:--from=\w+ )?(?:\/app\/)?(\S+) (\S+)$/gm)];
  expect(copied.map(([, from]) => from)).toEqual(expect.arrayContaining(['dist', 'bin']));
  for (const [, from, to] of copied) {
    const target = join(image, to === './' ? from! : to!);
    // Hundreds of megabytes that are the same ones.
    if (from === 'node_modules') symlinkSync(join(root, from), target);
    else if (from === '.cache') symlinkSync(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), target);
    else cpSync(join(root, from!), target, { recursive: true });
  }
  box = sandbox(
    { XDG_CACHE_HOME: join(image, '.cache'), ...(!native && { GRIDSEARCH_ENGINE: 'wasm' }) },
    join(image, 'bin/gridsearch.mjs'),
  );
});
afterAll(async () => {
  await box.dispose();
  rmSync(image, { recursive: true, force: true });
});

test('a search there sets nothing up, trains on the engine it holds and registers a model that predicts', async () => {
  const run = await box.run('run', join(root, 'test/fixtures/small-grid.yaml'), '--json');
  expect(run.code, run.stderr).toBe(0);
  expect(run.stderr).not.toContain('First use');
  expect(JSON.parse(run.stdout)).toMatchObject({
    engine: native ? 'tfjs-node' : 'wasm',
    registered: { name: 'small-grid', version: '1' },
  });
  const predicted = await box.run('predict', 'small-grid', 'great phone', '--json');
  expect(predicted.code, predicted.stderr).toBe(0);
}, 60_000);
