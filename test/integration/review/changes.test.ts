/** What the review page changes, by the clicks and keys of a person: the champion of a model, a search that is given up. */
import { describe, expect } from 'vitest';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { ended, foldUnderWay } from '../../support/runs.js';
import { SLOW_GRID, TINY_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

describe.skipIf(!HAS_CHROMIUM)(`changes${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('are asked about once more, and refused when things have changed meanwhile', {
    timeout: 180_000,
  }, async ({ box }) => {
    const { trackingUri: uri, client } = await box.up('--workers', '2');
    for (let turn = 0; turn < 2; turn++)
      expect(await ended(client, await box.submit(TINY_GRID))).toBe('FINISHED');
    const name = 'tiny-grid';
    const champion = async (): Promise<string | undefined> =>
      (await client.getVersionByAlias(name, 'champion'))?.version;
    expect(await champion()).toBe('1');

    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${uri}/models`);
      const promote = page.getByRole('button', { name: `Promote version 2 of ${name}` });
      await promote.click();
      await page
        .getByText(/^Make version 2 the champion of tiny-grid in place of version 1 \(0\.\d{4} /)
        .waitFor();
      await expectWellMade(page);
      await page.getByRole('button', { name: 'Leave it' }).click();
      expect(await champion()).toBe('1');
      await promote.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: `Promote version 1 of ${name}` }).waitFor();
      expect(await champion()).toBe('2');

      // Somebody else rolls back while this page still shows the champion of before.
      expect((await box.run('models', 'rollback', name)).code).toBe(0);
      await page.getByRole('button', { name: `Roll back ${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
      await page.getByText(/the champion of tiny-grid is version 1 by now/).waitFor();
      expect(await champion()).toBe('1');
      expect((await box.run('models', 'promote', name, '2')).code).toBe(0);
      await page.reload();
      await page.getByRole('button', { name: `Roll back ${name}` }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
      await expect.poll(champion).toBe('1');

      const search = await box.submit(SLOW_GRID);
      await foldUnderWay(client, search);
      await page.goto(`${uri}/searches/${search.searchId}`);
      await page.getByRole('button', { name: 'Cancel the search' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Cancel the search' }).click();
      await page.getByText('cancelled').first().waitFor();
      expect(await ended(client, search)).toBe('KILLED');
      // The refusal is the one that was meant.
      expect(troubles.filter((line) => !line.includes('409'))).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
