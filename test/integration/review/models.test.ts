/** One version of a model in the page: beside another on the same rows, its mistakes, what happened to it, and the box to try it. */
import { describe, expect } from 'vitest';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { ended } from '../../support/runs.js';
import { SMALL_GRID, TINY_GRID } from '../../support/spaces.js';
import { test } from '../../support/test.js';

const post = (uri: string, body: object): Promise<Response> =>
  fetch(uri, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });

describe.skipIf(!HAS_CHROMIUM)(`a version${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('is held against another row by row, shows its mistakes and says what it makes of a text', {
    timeout: 240_000,
  }, async ({ box }) => {
    const { trackingUri: uri, client } = await box.up('--workers', '2');
    for (const file of [TINY_GRID, TINY_GRID, SMALL_GRID])
      expect(await ended(client, await box.submit(file))).toBe('FINISHED');
    const answer = await fetch(`${uri}/api/gridsearch/v1/models/tiny-grid/2`);
    // biome-ignore lint/suspicious/noExplicitAny: what is in it is what is tested
    const view = (await answer.json()) as any;
    const wrong = view.judged.confusion.flatMap((line: number[], i: number) =>
      line.filter((_, j) => i !== j),
    );
    expect(view.judged.mistakesInAll).toBe(wrong.reduce((sum: number, one: number) => sum + one, 0));
    const run = await client.getRun((await client.getModelVersion('tiny-grid', '2')).runId!);
    const right = view.judged.confusion.reduce((sum: number, line: number[], i: number) => sum + line[i]!, 0);
    const rows = view.judged.confusion.flat().reduce((sum: number, one: number) => sum + one, 0);
    expect(right / rows).toBeCloseTo(run.metrics.test_accuracy!, 9);
    // The same search twice: the same model.
    expect(view.against).toMatchObject({
      version: '1',
      rows,
      onlyThis: 0,
      onlyOther: 0,
      p: 1,
      differing: [],
    });
    expect(view.sameRows.map(({ version }: { version: string }) => version)).toEqual(['2', '1']);
    expect((await fetch(`${uri}/api/gridsearch/v1/models/tiny-grid/9`)).status).toBe(404);
    expect((await fetch(`${uri}/api/gridsearch/v1/models/none/1`)).status).toBe(404);
    for (const body of [
      { texts: [], versions: ['1'] },
      { texts: ['x'], versions: ['../1'] },
      { texts: ['x'] },
    ])
      expect((await post(`${uri}/api/gridsearch/v1/models/tiny-grid/predict`, body)).status).toBe(400);

    const browser = await openBrowser();
    try {
      for (const options of [{ colorScheme: 'dark', viewport: { width: 390, height: 800 } }, {}] as const) {
        const { page, troubles } = await openWatched(browser, options);
        await page.goto(`${uri}/models`);
        await page.getByRole('link', { name: 'v2', exact: true }).click();
        await page.getByRole('heading', { level: 1, name: 'tiny-grid version 2' }).waitFor();
        await page.getByText(/^They answer differently on 0 of \d+ rows/).waitFor();
        await page.getByRole('heading', { name: 'What it gets wrong, the surest first' }).waitFor();
        await page.getByText(/version 1 became champion/).waitFor();
        await page.getByLabel('Texts to try').fill('a great phone\n\nqwxzy');
        await page.keyboard.press('Tab');
        await page.keyboard.press('Enter');
        const said = page.locator('section[aria-labelledby=try] tbody tr');
        await said.nth(1).waitFor({ timeout: 60_000 });
        expect(await said.count()).toBe(2);
        expect(await said.nth(0).textContent()).toMatch(/a great phone(positive|negative) [01]\.\d{3}/);
        expect(await said.nth(1).textContent()).toContain('knows no word of it');
        const typed = await box.json<{ predictions: { label: string }[] }>(
          'predict',
          'tiny-grid/2',
          'a great phone',
        );
        expect(await said.nth(0).textContent()).toContain(typed.predictions[0]!.label);
        await expectWellMade(page);
        await page.locator('.lineage a').last().click();
        await page.getByRole('heading', { name: 'Test rows' }).waitFor();
        await expectWellMade(page);
        await page.goto(`${uri}/searches/small-grid`);
        await page.locator('a[data-row]').first().click();
        await page.getByRole('heading', { name: /^Validation rows/ }).waitFor();
        expect(troubles).toEqual([]);
        await page.close();
      }
    } finally {
      await browser.close();
    }
  });
});
