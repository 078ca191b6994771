/** The workers in the page: who is there, at what, and one that is asked to leave. */
import { describe, expect } from 'vitest';
import type { WorkerList } from '../../../review/page/api.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { foldUnderWay } from '../../support/runs.js';
import { SLOW_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

describe.skipIf(!HAS_CHROMIUM)(`the workers${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('are listed with their jobs as they come and go, and drained by a button', {
    timeout: 180_000,
  }, async ({ box }) => {
    const { trackingUri: uri, client } = await box.up();
    const api = `${uri}/api/gridsearch/v1`;
    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${uri}/searches`);
      await page.locator('h1').waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('w');
      await page.getByRole('heading', { name: 'No worker is there' }).waitFor();
      await expectWellMade(page);
      const search = await box.submit(SLOW_GRID);
      const worker = await box.worker(2);
      await foldUnderWay(client, search);
      await page.getByText('1 worker, 2 of 2 training processes at work').waitFor({ timeout: 30_000 });
      const row = page.locator('.workers-table tbody tr');
      await row.getByText(String(worker.child.pid), { exact: true }).waitFor();
      await row.getByText('2 of 2').waitFor();
      await row.getByText(/^\d+ MB$/).waitFor();
      await row.getByText(/^(tfjs-node|wasm)/).waitFor();
      const { workers } = (await (await fetch(`${api}/workers`)).json()) as WorkerList;
      const { name, jobs } = workers[0]!;
      expect(jobs[0]).toMatchObject({
        searchId: search.searchId,
        run: expect.stringMatching(/^lstm-\d-fold-\d$/),
      });
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [360, 768, 1280, 1920]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          await expectWellMade(page);
        }
      const job = row.getByRole('link', { name: /^lstm-\d-fold-\d$/ }).first();
      expect(
        (await client.getRun((await job.getAttribute('href'))!.slice('/runs/'.length))).info.runName,
      ).toMatch(/^lstm-\d-fold-\d$/);

      // Nobody is drained from elsewhere, by mistake, or who is not there.
      const drain = async (worker: string, headers: Record<string, string> = {}) =>
        (
          await fetch(`${api}/workers/drain`, {
            method: 'POST',
            headers: { 'content-type': 'application/json', ...headers },
            body: JSON.stringify({ worker }),
          })
        ).status;
      expect(await drain(name, { 'content-type': 'text/plain' })).toBe(400);
      expect(await drain(name, { origin: 'https://elsewhere.example' })).toBe(403);
      expect(await drain('nobody:1')).toBe(409);

      const button = page.getByRole('button', { name: `Drain ${name}` });
      await button.focus();
      await page.keyboard.press('Enter');
      await page.getByText(`Have ${name} leave? It ends the`).waitFor();
      await page.getByRole('button', { name: 'Leave it' }).click();
      expect(await row.getByText('leaving').count()).toBe(0);
      await button.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.getByText(`Asked ${name} to leave; it ends what it has at hand first.`).waitFor();
      expect((await worker.ended).code).toBe(0);
      await page.getByRole('heading', { name: 'No worker is there' }).waitFor({ timeout: 30_000 });
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('inside `up` go with it, and have no button', { timeout: 60_000 }, async ({ box }) => {
    const { trackingUri: uri } = await box.up('--workers', '1');
    const browser = await openBrowser();
    try {
      const { page } = await openWatched(browser);
      await page.goto(`${uri}/searches`);
      await page.getByText('No searches yet').waitFor();
      await page.goto(`${uri}/workers`);
      await page.getByText('inside run or up').waitFor();
      expect(await page.getByRole('button', { name: /^Drain/ }).count()).toBe(0);
    } finally {
      await browser.close();
    }
  });
});
