/** The review page in a browser: on a finished search of which a fold failed, on one that goes on, and where there is nothing. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen } from '../../../http/index.js';
import { pageApp } from '../../../review/page/server/app.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { type Installation, openInstallation } from '../../support/installation.js';
import { ended } from '../../support/runs.js';
import { processor, SMALL_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

const FILES = fileURLToPath(new URL('../../../dist/review/page/client', import.meta.url));
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 390] as const;

describe.skipIf(!HAS_CHROMIUM)(`the review page${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await openBrowser();
  }, 60_000);
  afterAll(() => browser?.close());

  describe('of a finished search', () => {
    let installation: Installation;
    let uri: string;
    let searchId: string;
    const closing: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      installation = await openInstallation();
      closing.push(() => installation.close());
      await installation.orchestrator();
      await installation.worker({ processor: processor('failing') });
      const search = await installation.submit(SMALL_GRID, { retries: 0 });
      searchId = search.searchId;
      const stop = new AbortController();
      const { services, client } = installation;
      const app = pageApp({
        client,
        redis: services.redis,
        searches: services.searches,
        files: FILES,
        closing: stop.signal,
      });
      const server = await listen(app, { port: 0 });
      closing.push(async () => {
        stop.abort();
        await server.close();
      });
      uri = server.uri;
      await installation.result(search);
    }, 180_000);
    afterAll(async () => {
      for (const close of closing.reverse()) await close();
    }, 60_000);

    const open = async (path: string, options = {}): Promise<{ page: Page; troubles: string[] }> => {
      const opened = await openWatched(browser, options);
      await opened.page.goto(uri + path);
      await opened.page.locator('h1').waitFor();
      return opened;
    };
    const names = (page: Page): Promise<string[]> => page.locator('a[data-row]').allTextContents();

    it('says who won, ranks all configurations, and tells why one failed', async () => {
      const { page, troubles } = await open(`/searches/${searchId}`);
      await page.getByText(/^lstm, .* wins with macro F1 0\.\d{3} ± 0\.\d{3} over 3 folds; /).waitFor();
      expect(await page.locator('.lineage li').count()).toBe(7);
      expect(await names(page)).toHaveLength(8);
      const first = page.locator('tbody tr').first();
      expect(await first.locator('circle.fold').count()).toBe(3);
      expect(await first.getAttribute('class')).toBe('winner');
      const last = page.locator('tbody tr').last();
      expect(await last.textContent()).toContain('fold 1: this fold is cursed');
      expect(await last.locator('circle.mean').count()).toBe(0);
      // Only what varies.
      const heads = (await page.locator('thead th').allTextContents()).map((text) => text.trim());
      expect(heads).toEqual(expect.arrayContaining(['units', 'learning_rate', 'dropout']));
      expect(heads).not.toContain('batch_size');
      await page.close();
      expect(troubles).toEqual([]);
    });

    it('filters and sorts, keeps both in the address, and explains a filter that it can’t read', async () => {
      const { page, troubles } = await open(`/searches/${searchId}`);
      await page.keyboard.press('/');
      await page.keyboard.type('units = 8 and dropout = 0');
      await page.getByText('2 of 8 shown').waitFor();
      await page.getByRole('button', { name: 'learning_rate' }).click();
      await page.locator('th[aria-sort="ascending"]').waitFor();
      const shown = await names(page);
      expect(new URL(page.url()).search).toBe('?filter=units+%3D+8+and+dropout+%3D+0&sort=learning_rate');
      await page.reload();
      await page.getByText('2 of 8 shown').waitFor();
      expect(await names(page)).toEqual(shown);
      await page.locator('#filter').fill('unit = 8');
      await page.getByText('No field is called unit; there are').waitFor();
      await page.locator('#filter').fill('nobody');
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.getByText('8 of 8 shown').waitFor();
      await page.close();
      expect(troubles).toEqual([]);
    });

    it('is used without a mouse: rows, curves, a run, back, models', async () => {
      const { page, troubles } = await open(`/searches/${searchId}`);
      const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');
      const [, second] = await names(page);
      for (const key of ['j', 'j', 'j', 'k']) await page.keyboard.press(key);
      expect(await focused()).toBe(second);
      await page.keyboard.press('l');
      await page.locator('canvas').waitFor();
      await page.locator('select').selectOption('loss');
      await page.getByText('Numbers').click();
      expect(await page.locator('.curves table.plain tbody tr').count()).toBe(3);
      await page.locator('a[data-row]').nth(1).focus();
      await page.keyboard.press('o');
      await page.getByRole('heading', { level: 1, name: second! }).waitFor();
      await page.goBack();
      await page.getByText('8 of 8 shown').waitFor();
      await page.keyboard.press('g');
      await page.keyboard.press('m');
      await page.getByText('the first version').waitFor();
      await page.keyboard.press('?');
      await page.getByRole('dialog').waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('g');
      await page.keyboard.press('s');
      await page.getByRole('heading', { level: 1, name: 'Searches' }).waitFor();
      await page.close();
      expect(troubles).toEqual([]);
    });

    const VIEWS = 'importance,best,parallel,scatter,heat,folds,timeline';

    it('shows one selection in every view, brushed by mouse or typed, and keeps it in the address', async () => {
      const { page, troubles } = await open(`/searches/${searchId}?open=${VIEWS}`);
      await page.getByText(/explains \d+ % of what differs/).waitFor();
      const jobs = await page.getByText(/^\d+ jobs on \d process/).textContent();
      expect(await page.locator('rect.job').count()).toBe(Number.parseInt(jobs!, 10));
      const canvas = page.locator('canvas[data-brush]');
      await canvas.scrollIntoViewIfNeeded();
      const box = (await canvas.boundingBox())!;
      // Along the first axis, from its middle to above its top.
      await page.mouse.move(box.x + 36, box.y + box.height / 2);
      await page.mouse.down();
      await page.mouse.move(box.x + 36, box.y + 5, { steps: 4 });
      await page.mouse.up();
      await page.getByText('4 of 8 shown', { exact: true }).waitFor();
      const filter = await page.locator('#filter').inputValue();
      expect(filter).toMatch(/^\w+ = [\d.]+$/);
      expect(await names(page)).toHaveLength(4);
      expect(
        await page.locator('#view-scatter').locator('xpath=..').locator('.point.out').count(),
      ).toBeGreaterThan(0);
      const name = filter.split(' ')[0]!;
      await page.getByLabel(`${name} from`).fill('');
      await page.keyboard.press('Tab');
      await page.locator('#filter').fill('');
      await page.getByLabel('Best per cent').fill('25');
      await page.keyboard.press('Tab');
      await page.getByText('2 of 8 shown', { exact: true }).waitFor();
      expect(new URL(page.url()).searchParams.get('filter')).toBe('rank <= 2');
      await page.reload();
      await page.getByText('2 of 8 shown', { exact: true }).waitFor();
      // A brush is no step to go back by.
      await page.goBack();
      expect(page.url()).toBe('about:blank');
      await page.close();
      expect(troubles).toEqual([]);
    });

    it('pins rows, hides columns, and takes tables and drawings away', async () => {
      const { page, troubles } = await open(`/searches/${searchId}?open=scatter`);
      const all = await names(page);
      for (const key of ['j', 'j', 'j', 'x']) await page.keyboard.press(key);
      await page.getByText('1 configuration pinned').waitFor();
      expect(await names(page)).toEqual([all[2], all[0], all[1], ...all.slice(3)]);
      expect(new URL(page.url()).searchParams.get('pin')).toBe(all[2]);
      await page.getByText('Columns', { exact: true }).click();
      await page.getByRole('checkbox', { name: 'dropout' }).uncheck();
      await page.getByRole('columnheader', { name: 'dropout' }).waitFor({ state: 'detached' });
      const [table] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'CSV of the configurations' }).click(),
      ]);
      const lines = readFileSync(await table.path(), 'utf8')
        .trim()
        .split('\r\n');
      expect(lines).toHaveLength(9);
      expect(lines[0]).toMatch(/^rank,name,run_id,model,.*,fold_0,fold_1,fold_2,difference,/);
      const [drawing] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('button', { name: 'SVG of Score by' }).click(),
      ]);
      expect(readFileSync(await drawing.path(), 'utf8')).toMatch(/^<svg .*<circle .*fill="rgb/s);
      await page.close();
      expect(troubles).toEqual([]);
    });

    it('compares what is pinned, by keys alone', async () => {
      const { page, troubles } = await open(`/searches/${searchId}`);
      const all = await names(page);
      for (const key of ['j', 'x', 'j', 'j', 'x', 'c']) await page.keyboard.press(key);
      await page.getByRole('heading', { level: 1, name: 'Compare 2 configurations' }).waitFor();
      const heads = await page.locator('.sheet thead a').allTextContents();
      expect(heads).toHaveLength(2);
      expect(all).toEqual(expect.arrayContaining(heads));
      expect(await page.getByRole('region', { name: /^Confusion matrix: \d+ of \d+ right$/ }).count()).toBe(
        2,
      );
      await page.getByText(/answer differently on \d+ of \d+ rows/).waitFor();
      await page.locator('.curves canvas').waitFor();
      await page.getByRole('button', { name: 'Show all' }).click();
      await page.getByRole('rowheader', { name: 'batch_size' }).waitFor();
      await page.goto(`${uri}/compare?runs=nope,nobody`);
      await page.getByText(/run "nope" is no configuration's/).waitFor();
      await page.goto(`${uri}/compare`);
      await page.getByRole('heading', { name: 'Nothing to compare' }).waitFor();
      await page.close();
      expect(troubles.filter((line) => !line.includes('404'))).toEqual([]);
    });

    it('shows the files of a run: a table, a picture, and all to download', async () => {
      const { page, troubles } = await open(`/searches/${searchId}`);
      await page.getByRole('link', { name: 'refit' }).click();
      await page.getByRole('button', { name: 'cv_results.csv' }).click();
      await page.getByRole('columnheader', { name: 'rank_test_score' }).waitFor();
      await page.getByRole('button', { name: 'evaluation/confusion_matrix.svg' }).click();
      await page.locator('img.preview').waitFor();
      await expect
        .poll(() => page.evaluate('document.querySelector("img.preview").naturalWidth'))
        .toBeGreaterThan(100);
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('link', { name: 'Download search-space.yaml' }).click(),
      ]);
      expect(download.suggestedFilename()).toBe('search-space.yaml');
      await page.close();
      expect(troubles).toEqual([]);
    });

    it.each(THEMES.flatMap((theme) => WIDTHS.map((width) => [theme, width] as const)))(
      'can be read and reached in every view: %s, %i pixels',
      async (colorScheme, width) => {
        const options = { colorScheme, viewport: { width, height: 800 } };
        const { page, troubles } = await open('/', options);
        await expectWellMade(page);
        await page.locator('a[data-row]').first().click();
        await page.getByText('8 of 8 shown').waitFor();
        await page.locator('[data-curves]').first().click();
        await page.locator('canvas').waitFor();
        await expectWellMade(page);
        await page.goto(`${uri}/searches/${searchId}?open=${VIEWS}&pin=lstm-0,lstm-1`);
        await page.getByText(/^\d+ jobs on/).waitFor();
        await expectWellMade(page);
        const compare = await page.locator('[data-compare]').getAttribute('href');
        await page.goto(uri + compare);
        await page.locator('.curves canvas').waitFor();
        await expectWellMade(page);
        await page.goto(`${uri}/searches/${searchId}`);
        await page.getByRole('link', { name: 'refit' }).click();
        await page.getByRole('heading', { name: 'Files' }).waitFor();
        await expectWellMade(page);
        await page.goto(`${uri}/models`);
        await page.getByText('the first version').waitFor();
        await expectWellMade(page);
        await page.close();
        expect(troubles).toEqual([]);
      },
      120_000,
    );

    it('says what is wrong with an address, and leads on', async () => {
      const { page } = await openWatched(browser);
      await page.goto(`${uri}/searches/nope`);
      await page.getByText('no search "nope" here').waitFor();
      await page.goto(`${uri}/runs/nope`);
      await page.getByRole('alert').waitFor();
      await page.getByRole('link', { name: 'Searches' }).click();
      await page.getByRole('heading', { level: 1, name: 'Searches' }).waitFor();
      await page.close();
    });
  });

  test('follows a search from an empty list to its winner, without being loaded again', async ({ box }) => {
    const { trackingUri: uri, client } = await box.up();
    const { page, troubles } = await openWatched(browser);
    await page.goto(uri);
    await page.getByText('No searches yet').waitFor();
    await page.getByText('npx gridsearch submit search-spaces/quickstart.yaml').waitFor();
    await expectWellMade(page);
    await page.evaluate('window.loadedOnce = true');
    const search = await box.submit(SMALL_GRID);
    await page.getByText('waiting for a worker').waitFor({ timeout: 30_000 });
    await page.locator('a[data-row]').click();
    await page.getByText('No configuration is complete yet.').waitFor();
    await expectWellMade(page);
    await box.worker(1);
    await page.getByText(/so far .* leads with|wins with /).waitFor({ timeout: 60_000 });
    expect(await ended(client, search)).toBe('FINISHED');
    await page.getByText(/wins with macro F1/).waitFor({ timeout: 30_000 });
    await expect.poll(() => page.locator('circle.mean').count()).toBe(8);
    expect(await page.evaluate('window.loadedOnce')).toBe(true);
    await page.close();
    expect(troubles).toEqual([]);
  }, 180_000);
});
