/** The kernels under the compiler's own checks of memory and of undefined behaviour. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runnable } from '#kernel-home';
import { findCompiler } from '../../../setup/compiler.mjs';

const root = join(import.meta.dirname, '../../..');
const compiler = findCompiler();

test.skipIf(compiler === undefined)(
  'the kernels stay in their memory over odd sizes',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'gs-sanitized-'));
    try {
      const program = join(folder, 'harness');
      execFileSync(compiler!, [
        '-O0',
        '-std=c++17',
        '-ffp-contract=off',
        '-fsanitize=address,undefined',
        '-fno-sanitize-recover=all',
        `-march=${runnable()[0]!.name}`,
        `-I${join(root, 'learning/engine/native')}`,
        join(root, 'test/fixtures/kernel/harness.cc'),
        '-o',
        program,
      ]);
      expect(execFileSync(program, { encoding: 'utf8' })).toMatch(/^sum -?\d\S*\nclean\n$/);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
  120_000,
);
