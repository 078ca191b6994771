import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { loadDataset } from '../../learning/data/index.js';
import { normalizationOf } from '../../learning/text/index.js';

const tweets = normalizationOf('tweets');

it.each([
  ['@jo I am @home, see https://t.co/x', '@user I am @user see http'],
  ['a@b.c @ http httpd', 'a@b.c @ http http'],
  ['  two  blanks ', '  two  blanks '],
  ['', ''],
])('tweets: %j', (text, expected) => {
  expect(tweets(text)).toBe(expected);
  expect(tweets(expected)).toBe(expected);
});

it('rows are normalized as they are read, and have another digest for it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'normalize-'));
  try {
    const path = join(folder, 'rows.csv');
    writeFileSync(path, 'text,label\n@jo good,a\nbad http://x.y,b\n');
    const spec = {
      source: 'file',
      format: 'csv',
      path,
      columns: { text: 'text', label: 'label' },
      test_size: 0.5,
    } as const;
    const plain = await loadDataset(spec, 1);
    const normal = await loadDataset({ ...spec, normalize: 'tweets' }, 1);
    expect(normal.texts).toEqual(['@user good', 'bad http']);
    expect(normal.digest).not.toBe(plain.digest);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
