/** The review page of a search of 5,000 configurations. */
import { describe, expect } from 'vitest';
import { largeSearch } from '../../../bench/page/large-search.mjs';
import { DOCUMENTS } from '../../../orchestrator/cli/documents/index.js';
import { createTrackingClient } from '../../../tracking/client/index.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { test } from '../../support/test.js';

const CHILDREN = 5000;

describe.skipIf(!HAS_CHROMIUM)(`a large search${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('is filtered, walked through and drawn like a small one', { timeout: 240_000 }, async ({ box }) => {
    const review = box.start('review', '--port', '0', '--json');
    const { page: uri } = DOCUMENTS.review.schema.parse(JSON.parse(await review.firstLine));
    const { searchId } = await largeSearch(createTrackingClient({ uri }), { children: CHILDREN, folds: 5 });
    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${uri}/searches/${searchId}`);
      await page.getByText('5000 of 5000 shown').waitFor();
      const rows = page.locator('a[data-row]');
      expect(await rows.count()).toBeLessThan(120);
      expect(await page.locator('table.trials').getAttribute('aria-rowcount')).toBe('5001');
      // Whoever goes on with the keyboard finds more rows than were drawn at first.
      for (let step = 0; step < 130; step++) await page.keyboard.press('j');
      expect(await page.evaluate('document.activeElement.closest("tr").getAttribute("aria-rowindex")')).toBe(
        '131',
      );
      await page.evaluate('scrollTo(0, document.body.scrollHeight / 2)');
      await expect
        .poll(async () =>
          Number(await rows.first().locator('xpath=ancestor::tr').getAttribute('aria-rowindex')),
        )
        .toBeGreaterThan(1000);
      await page.evaluate('scrollTo(0, 0)');
      await page.locator('#filter').fill('units = 64 and dropout <= 0.1');
      await page.getByText(/^\d{3} of 5000 shown$/).waitFor();
      await page.locator('#filter').fill('rank <= 10');
      await page.getByText('10 of 5000 shown').waitFor();
      expect(await rows.count()).toBe(10);
      await page.goto(`${uri}/searches/${searchId}?open=importance,best,parallel,scatter,heat,folds`);
      await page.getByText(/explains \d+ % of what differs/).waitFor();
      expect(await page.locator('circle.point').count()).toBe(2 * CHILDREN);
      await expectWellMade(page);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
