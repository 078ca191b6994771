/** A search that learns nothing says so: at its end, on its parent run, and whenever it is shown. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sandbox } from '../support/cli.js';

test('data that mislead and a useless winner are told', { timeout: 120_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'warned-'));
  const here = sandbox();
  try {
    // No two texts have a word in common, and three in four are good.
    const rows = Array.from({ length: 120 }, (_, row) => `w${row}x,${row % 4 === 0 ? 'bad' : 'good'}\n`);
    await writeFile(join(folder, 'rows.csv'), `text,label\n${rows.join('')}`);
    const file = join(folder, 'space.yaml');
    await writeFile(
      file,
      'name: hopeless\ndataset: { file: rows.csv }\nmodels: { simple: {} }\ntraining: { epochs: 1 }\n',
    );
    const { code, stdout, stderr } = await here.run('run', file, '--workers', '1');
    expect(code, stderr).toBe(0);
    const warnings = (text: string): string[] => text.split('\n').filter((line) => /^Warning: /.test(line));
    const [ofRows, ofWords, ...others] = warnings(stderr);
    expect(ofRows).toMatch(/the test set has 24 rows, under 50/);
    expect(ofWords).toMatch(/100 % of the words in validation rows are not among the 6\d learnt/);
    expect(others).toEqual([]);
    const ofWinner = warnings(stdout);
    expect(ofWinner).toEqual(
      ['majority class', 'TF-IDF \\+ logistic regression'].map((name) =>
        expect.stringMatching(
          `the winner's (mean|test) f1_macro 0\\.\\d{4} is no better than 0\\.\\d{4}, that of the baseline, ${name}`,
        ),
      ),
    );
    const shown = await here.run('show', 'hopeless');
    expect(warnings(shown.stdout)).toEqual([ofRows, ofWords, ...ofWinner]);
    const submitted = await here.run('submit', file);
    expect(warnings(submitted.stderr)).toEqual([ofRows, ofWords]);
  } finally {
    await here.dispose();
    await rm(folder, { recursive: true });
  }
});
