/** Submitting in the page: the editor, what is wrong at its line, what may be read, what is done once, and going on with a search. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import {
  CHROMIUM,
  expectWellMade,
  HAS_CHROMIUM,
  openBrowser,
  openWatched,
  pasterInto,
} from '../../support/browser.js';
import type { Up } from '../../support/cli.js';
import { ended } from '../../support/runs.js';
import { SMALL_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

const SPACE = `name: from-page
dataset: { source: uci-sentiment, limit: 120, test_size: 0.25 }
cross_validation: { n_splits: 2 }
models:
  simple: { vocabulary_size: 300, max_tokens: 8, embedding_dim: 4, learning_rate: [0.01, 0.1] }
training: { epochs: 2 }
`;

interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what is tested
  readonly body: any;
}

async function post(
  up: Up,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(`${up.trackingUri}/api/gridsearch/v1${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  const answer = await response.text();
  return { status: response.status, body: answer.startsWith('{') ? JSON.parse(answer) : answer };
}

describe.skipIf(!HAS_CHROMIUM)(`submitting in the page${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  test('with the keyboard alone, from what is wrong to the winner', { timeout: 180_000 }, async ({ box }) => {
    const up = await box.up('--workers', '2');
    for (const options of [{ colorScheme: 'dark', viewport: { width: 390, height: 800 } }, {}] as const) {
      const { page, troubles } = await openWatched(browser, options);
      await page.goto(`${up.trackingUri}/searches`);
      await page.locator('h1').waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('n');
      const editor = page.getByRole('textbox', { name: 'Search space (YAML)' });
      await editor.waitFor();
      await page.getByText('4 configurations × 3 folds, and a refit of the winner: about').waitFor();
      await expectWellMade(page);
      const paste = await pasterInto(page, editor);
      await paste(SPACE.replace('0.1]', '-7]'));
      await page.getByText(/Line 5, column \d+: models\.simple\.learning_rate\[1\]/).waitFor();
      await page.locator('.cm-lint-marker-error').waitFor();
      expect(await page.getByRole('button', { name: 'Submit' }).isDisabled()).toBe(true);
      await expectWellMade(page);
      // What was written is there after the page was loaded anew.
      await page.reload();
      await page.getByText(/Line 5, column \d+/).waitFor();
      await paste(SPACE);
      await page.keyboard.type('retr');
      await page.getByRole('option', { name: 'retries', selected: true }).waitFor();
      // Enter within 75 ms of the list's appearance is a new line to CodeMirror (`interactionDelay`): nobody has read it by then.
      await page.waitForTimeout(300);
      await page.keyboard.press('Enter');
      await editor.getByText('retries:').waitFor();
      await page.keyboard.type('1');
      await page.getByText('2 configurations × 2 folds').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Tab');
      expect(await page.evaluate('document.activeElement.textContent')).toBe('Submit');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'from-page' }).waitFor();
      await page.getByText(/^Search from-page-[0-9a-f]+ is queued\.$/).waitFor();
      await page.getByText(/^simple, .* wins with macro F1/).waitFor({ timeout: 60_000 });
      await page.getByRole('link', { name: 'Edit and submit again' }).click();
      await page.getByText('2 configurations × 2 folds').waitFor();
      await editor.getByText('from-page').waitFor();
      await page.getByText('Earlier searches hold 4 of 4 folds, which are not trained again.').waitFor();
      await page.getByLabel('Train everything afresh').check();
      await page.getByRole('button', { name: 'Submit', exact: true }).click();
      await page.getByText(/^simple, .* wins with macro F1/).waitFor({ timeout: 60_000 });
      expect(await page.getByText(/folds were taken over/).count()).toBe(0);
      expect(troubles).toEqual([]);
      await page.close();
    }
  });

  test('reads no file outside the folder, answers as the command line does, and does nothing twice', {
    timeout: 120_000,
  }, async ({ box, folder }) => {
    const before = process.cwd();
    const work = join(folder, 'work');
    mkdirSync(work);
    const rows = `text,label\n${Array.from({ length: 40 }, (_, i) => `row ${i} ${i % 2 ? 'good' : 'bad'},${i % 2}`).join('\n')}\n`;
    writeFileSync(join(work, 'inside.csv'), rows);
    writeFileSync(join(folder, 'outside.csv'), rows);
    symlinkSync('../outside.csv', join(work, 'link.csv'));
    process.chdir(work);
    const up = await box.up().finally(() => process.chdir(before));
    const withFile = (file: string) => ({
      name: 'x.yaml',
      text: SPACE.replace('source: uci-sentiment, limit: 120', `source: file, file: ${file}`),
    });
    expect((await post(up, '/searches/check', withFile('inside.csv'))).body).toMatchObject({
      issues: [],
      size: { configurations: 2, folds: 2 },
    });
    for (const file of [
      '../outside.csv',
      'link.csv',
      join(folder, 'outside.csv'),
      '/etc/rows.csv',
      '../none.csv',
    ]) {
      const { issues } = (await post(up, '/searches/check', withFile(file))).body;
      expect(issues).toMatchObject([
        { line: 2, path: 'dataset.file', message: expect.stringContaining('lies outside') },
      ]);
    }
    const { issues } = (await post(up, '/searches/check', withFile('none.csv'))).body;
    expect(issues).toMatchObject([
      { line: 2, path: 'dataset.file', message: expect.not.stringContaining('outside') },
    ]);
    // What only the data tell is told at its line as well.
    const folds = { name: 'x.yaml', text: SPACE.replace('n_splits: 2', 'n_splits: 90') };
    expect((await post(up, '/searches/check', folds)).body.issues).toMatchObject([
      { line: 3, path: 'cross_validation.n_splits' },
    ]);

    const wrong = { ...withFile('../outside.csv'), key: 'k'.repeat(20) };
    expect((await post(up, '/searches', wrong)).body).toMatchObject({ searchId: null });
    const right = { name: 'x.yaml', text: SPACE, key: 'a'.repeat(20) };
    const [first, second] = await Promise.all([post(up, '/searches', right), post(up, '/searches', right)]);
    expect(first!.body.searchId).toMatch(/^from-page-/);
    expect(first!.body.message).toContain('No worker is there: start npx gridsearch worker');
    expect(second!.body.searchId).toBe(first!.body.searchId);
    expect((await post(up, '/searches', right)).body.searchId).toBe(first!.body.searchId);
    expect(await box.json<unknown[]>('status')).toHaveLength(1);

    for (const [body, headers] of [
      ['{', {}],
      [{ text: 'x' }, {}],
      [{ ...right, text: 'x'.repeat(400_000) }, {}],
      [right, { 'content-type': 'text/plain' }],
    ] as const)
      expect((await post(up, '/searches', body, headers)).status).toBe(400);
    expect((await post(up, '/searches', right, { origin: 'https://elsewhere.example' })).status).toBe(403);
  });

  test('goes on with a search that nobody works on', { timeout: 180_000 }, async ({ box }) => {
    const up = await box.up();
    const search = await box.submit(SMALL_GRID);
    up.child.kill('SIGTERM');
    await up.ended;
    const review = box.start('review', '--port', '0', '--json');
    const { page: uri } = JSON.parse(await review.firstLine) as { page: string };
    const { page, troubles } = await openWatched(browser);
    await page.goto(`${uri}/searches/${search.searchId}`);
    await page.getByText('interrupted').first().waitFor();
    await page.getByRole('button', { name: 'Resume' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Resume' }).click();
    await page.getByText('Nobody carries it out now').waitFor();
    const again = await box.up('--workers', '2');
    expect(await ended(again.client, search)).toBe('FINISHED');
    await page.getByText(/^lstm, .* wins with macro F1/).waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  });
});
