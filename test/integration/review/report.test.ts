/** `report.html`: the search view as one file, also inside a frame that may do nothing but run scripts, as MLflow's UI shows it. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Browser, FrameLocator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { largeSearch } from '../../../bench/page/large-search.mjs';
import { DOCUMENTS } from '../../../orchestrator/cli/documents/index.js';
import type { ReportData } from '../../../review/page/api.js';
import { createTrackingClient } from '../../../tracking/client/index.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { SMALL_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

/** The file in a frame without an origin, storage, or an address of its own. */
async function framed(page: Page, html: string): Promise<FrameLocator> {
  await page.setContent('<iframe sandbox="allow-scripts" width="1200" height="750"></iframe>');
  await page.evaluate(`document.querySelector('iframe').srcdoc = ${JSON.stringify(html)}`);
  return page.frameLocator('iframe');
}

function answerIn(html: string, path: string): Record<string, unknown> {
  const [, data = ''] = /id="data">(.*)<\/script>/.exec(html) ?? [];
  return (JSON.parse(data) as ReportData).answers[path] as Record<string, unknown>;
}

describe.skipIf(!HAS_CHROMIUM)(`report.html${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  test('is left by a search, and says what the page says, without a server', { timeout: 180_000 }, async ({
    box,
    folder,
  }) => {
    const up = await box.up('--workers', '2');
    const { parentRunId, searchId } = await box.submit(SMALL_GRID);
    await expect
      .poll(async () => (await up.client.getRun(parentRunId)).info.status, { timeout: 120_000 })
      .toBe('FINISHED');
    const run = await up.client.getRun(parentRunId);
    const left = (await up.client.downloadArtifact(run, 'report.html')).toString();
    const asked = (await box.run('report', searchId)).stdout;
    // All but the moment of the end, and the files, of which it is one.
    const { search: _, ...before } = answerIn(left, `/searches/${searchId}`);
    const { search: __, ...after } = answerIn(asked, `/searches/${searchId}`);
    expect(before).toEqual(after);
    const { html } = await box.json<{ html: string }>('report', searchId);
    expect(answerIn(html, `/searches/${searchId}`)).toEqual(answerIn(asked, `/searches/${searchId}`));

    // The page hands out the same.
    const response = await fetch(`${up.trackingUri}/api/gridsearch/v1/searches/${searchId}/report`);
    expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${searchId}.html"`);
    expect(answerIn(await response.text(), `/searches/${searchId}`)).toEqual(
      answerIn(asked, `/searches/${searchId}`),
    );

    for (const options of [{}, { colorScheme: 'dark', viewport: { width: 390, height: 800 } }] as const) {
      const { page, troubles } = await openWatched(browser, options);
      const file = join(folder, 'report.html');
      writeFileSync(file, left);
      await page.goto(pathToFileURL(file).href);
      await page.getByText(/^lstm, .* wins with macro F1 /).waitFor();
      expect(await page.locator('a[data-row]').count()).toBe(8);
      expect(await page.getByRole('button', { name: 'Cancel' }).count()).toBe(0);
      await expectWellMade(page);
      await page.getByRole('button', { name: 'Timeline of the workers' }).click();
      await page.locator('svg rect').first().waitFor();
      await page.locator('a[data-row]').first().click();
      await page.getByRole('heading', { name: 'Learning curves' }).waitFor();
      await expectWellMade(page);
      expect(troubles).toEqual([`asked ${page.url()}`]);
      await page.close();
    }

    const { page, troubles } = await openWatched(browser);
    const frame = await framed(page, left);
    await frame.getByText(/^lstm, .* wins with macro F1 /).waitFor();
    await frame.locator('#filter').fill('units = 8');
    await frame.getByText('4 of 8 shown').waitFor();
    await frame.locator('a[data-row]').first().click();
    await frame.getByRole('heading', { name: 'Learning curves' }).waitFor();
    await frame.locator('header a').click();
    await frame.locator('.lineage a').last().click();
    await frame.getByText('Not in this file').waitFor();
    expect(troubles).toEqual([]);
    await page.close();
  });

  test('of 1,000 configurations stays under 2 MB, and nothing in names becomes HTML', {
    timeout: 180_000,
  }, async ({ box, folder }) => {
    const review = box.start('review', '--port', '0', '--json');
    const { page: uri } = DOCUMENTS.review.schema.parse(JSON.parse(await review.firstLine));
    const client = createTrackingClient({ uri });
    const { searchId, parentRunId } = await largeSearch(client, { children: 1000, folds: 5 });
    const hostile = '</script><script>document.title = "taken"</script><!--';
    await client.failRun(parentRunId, hostile);
    const { stdout } = await box.run('report', searchId);
    expect(Buffer.byteLength(stdout)).toBeLessThan(2_000_000);
    const file = join(folder, 'report.html');
    writeFileSync(file, stdout);
    const { page, troubles } = await openWatched(browser);
    await page.goto(pathToFileURL(file).href);
    await page.getByText('1000 of 1000 shown').waitFor();
    await page.getByText(hostile).first().waitFor();
    expect(await page.title()).not.toBe('taken');
    expect(troubles).toEqual([`asked ${page.url()}`]);
    await page.close();
    expect(stdout).not.toMatch(/https?:\/\/(?!www\.w3\.org)/);
  });
});
