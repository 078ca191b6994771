/** A search for days in the page: what it was told to do, its generations, pruned rows and budget, and how it is stopped early. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { describe, expect } from 'vitest';
import type { DocumentOf } from '../../../orchestrator/cli/documents/index.js';
import type { SearchView } from '../../../review/page/api.js';
import { TAGS } from '../../../tracking/client/index.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { ended, runsOf } from '../../support/runs.js';
import { test } from '../../support/test.js';

const RACED = `name: raced
dataset: { source: uci-sentiment, limit: 400, test_size: 0.25 }
strategy: { kind: grid, order: spread, generation: 3, seed: 7 }
pruning: { folds: forgiving }
budget: { max_duration: 2h, max_failures: 5, trial_timeout: 10m }
where: "tfidf.C < 10 || tfidf.ngram_max == 1"
models:
  tfidf: { C: [0.001, 0.1, 1, 10], ngram_max: [1, 2], min_df: [1, 8] }
baseline: off
`;
/** The same, in time for a person to stop it. */
const LONG = `${RACED.replace('name: raced', 'name: long')
  .replace('tfidf.C < 10 || tfidf.ngram_max == 1', 'simple.dropout < 0.6')
  .replace(
    / {2}tfidf: .*/,
    '  simple: { learning_rate: [0.001, 0.003, 0.01, 0.03], dropout: [0, 0.2, 0.4, 0.6], epochs: 1000 }',
  )}`;

describe.skipIf(!HAS_CHROMIUM)(`a search in generations${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('is told of in plain words, and why each pruned configuration was', { timeout: 240_000 }, async ({
    box,
    folder,
  }) => {
    const { trackingUri: uri, client } = await box.up('--workers', '2');
    const file = join(folder, 'raced.yaml');
    await writeFile(file, RACED);
    const search = await box.submit(file);
    expect(await ended(client, search)).toBe('FINISHED');
    const path = `/searches/${search.searchId}`;

    const [shown, status, view, text, state] = await Promise.all([
      box.json<DocumentOf<'show'>>('show', search.searchId),
      box.json<DocumentOf<'status'>>('status', search.searchId),
      (await fetch(`${uri}/api/gridsearch/v1${path}`)).json() as Promise<SearchView>,
      box.run('show', search.searchId),
      box.run('status', search.searchId),
    ]);
    const strategy = 'Grid, 14 configurations spread over the space in generations of 3, seed 7';
    expect(shown.terms).toMatchObject({
      strategy,
      generation: 3,
      crossValidation: 'stratified k-fold, 3 folds',
    });
    expect(shown.terms.constraints?.removed).toBe(2);
    // The page, the documents and the terminal have it from one place.
    expect(view.terms).toEqual(shown.terms);
    for (const { stdout } of [text, state])
      for (const line of [`Strategy: ${strategy}`, 'of 2h; 0 of 5 failures; 10m a fold'])
        expect(stdout).toContain(line);
    expect(status.budget).toMatchObject({
      maxDuration: { limit: 7200, used: expect.any(Number) },
      maxFailures: { limit: 5, used: 0 },
      trialTimeout: '10m',
      maxMemory: null,
    });
    expect(status.budget!.maxDuration!.used).toBeGreaterThan(0);
    const pruned = shown.children.filter((child) => child.stop !== null);
    expect(pruned.length).toBeGreaterThan(2);
    expect(new Set(shown.children.map(({ generation }) => generation))).toEqual(new Set([1, 2, 3, 4, 5]));
    const spared = pruned.reduce((sum, { stop }) => sum + 3 - stop!.rung, 0);

    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${uri}${path}`);
      const terms = page.locator('.terms');
      await terms.getByText(strategy).waitFor();
      await terms.getByText('removed 2 configurations').waitFor();
      await terms.getByText('forgiving: stops a configuration').waitFor();
      await terms.getByText('0 of 5 failures').waitFor();
      expect(await terms.locator('progress').count()).toBe(2);
      await page.getByText(`${spared} folds spared`).waitFor();

      // By outcome, in the address like every filter.
      await page.getByRole('button', { name: `pruned ${pruned.length}` }).click();
      await page.getByText(`${pruned.length} of 14 shown`, { exact: true }).waitFor();
      expect(new URL(page.url()).searchParams.get('filter')).toBe('status = pruned');
      await page.getByRole('button', { name: 'gen.' }).click();
      await page.locator('th[aria-sort="ascending"]').waitFor();
      const generations = await page.locator('td[data-label="generation"]').allTextContents();
      expect(generations).toEqual(generations.toSorted());
      expect(generations).toHaveLength(pruned.length);

      // On demand, by keys alone.
      const why = page.getByRole('button', { name: /^after \d folds? ?: why tfidf-\d+ was pruned$/ }).first();
      await why.focus();
      await page.keyboard.press('Enter');
      const told = page.locator('.why-pruned');
      await told.getByText(/^forgiving, after \d folds? against configuration \d+: mean 0\./).waitFor();
      for (const name of ['mean', 'incumbent worst', 'incumbent', 'spared'])
        await told.getByText(name, { exact: true }).waitFor();
      expect(await told.getByRole('link').getAttribute('href')).toMatch(/^\/runs\/[0-9a-f]{32}$/);
      await page.keyboard.press('Enter');
      await told.waitFor({ state: 'detached' });
      await page.getByRole('button', { name: 'all 14' }).click();
      await page.getByText('14 of 14 shown', { exact: true }).waitFor();
      await page.goto(`${uri}${path}?open=best`);
      await page.locator('.chart .border').first().waitFor({ state: 'attached' });
      expect(await page.locator('.chart .border').count()).toBe(4);
      await looksWell(page, `${uri}${path}`);

      // Marks that the reuse of results leaves.
      const { children, folds } = await runsOf(client, search);
      const [fold] = folds;
      await client.logBatch(search.parentRunId, { tags: { [TAGS.extends]: 'earlier-0123456789' } });
      await client.logBatch(fold!.info.runId, {
        tags: { [TAGS.reusedFrom]: 'a'.repeat(32), [TAGS.reusedFromSearch]: 'earlier-0123456789' },
      });
      await page.goto(`${uri}${path}`);
      const earlier = page.getByRole('link', { name: 'earlier-0123456789' });
      await earlier.waitFor();
      const trial = children.find(({ info }) => info.runId === fold!.tags[TAGS.parentRunId])!;
      await page.goto(`${uri}/runs/${trial.info.runId}`);
      await earlier.waitFor();
      expect(await page.getByText('reused from').count()).toBe(1);
      expect(await earlier.getAttribute('href')).toBe('/searches/earlier-0123456789');
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('shows its generation while it runs, and is stopped by a button', { timeout: 240_000 }, async ({
    box,
    folder,
  }) => {
    const { trackingUri: uri, client } = await box.up();
    const file = join(folder, 'long.yaml');
    await writeFile(file, LONG);
    const search = await box.submit(file);
    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${uri}/searches/${search.searchId}`);
      await page.locator('.terms').getByText('Grid, 12 configurations').waitFor();
      await box.worker(2);
      await page.getByText(/generation 1 of 4, fold rung [123] of 3/).waitFor({ timeout: 60_000 });
      const { generation } = await box.json<DocumentOf<'status'>>('status', search.searchId);
      expect(generation).toMatchObject({ of: 4, rungs: 3 });
      await page.getByText(/so far .* leads with/).waitFor({ timeout: 120_000 });

      // By keys alone; a number that was not sent is forgotten.
      const press = async (name: string) => {
        await page.getByRole('button', { name, exact: true }).focus();
        await page.keyboard.press('Enter');
      };
      const priority = page.getByRole('spinbutton', { name: 'Priority' });
      await press('Priority');
      await priority.fill('0');
      await page.keyboard.press('Enter');
      expect(await priority.isVisible()).toBe(true);
      await page.keyboard.press('Escape');
      await press('Priority');
      expect(await priority.inputValue()).toBe('1');
      await priority.fill('7');
      await page.keyboard.press('Enter');
      await page.getByText(`Search ${search.searchId} has priority 7 now.`).waitFor();
      // From two tabs at once.
      const other = await browser.newPage();
      await other.goto(page.url());
      for (const tab of [page, other]) await tab.getByRole('button', { name: 'Pause', exact: true }).click();
      for (const tab of [page, other]) {
        await tab.getByRole('dialog').getByRole('button', { name: 'Pause' }).click();
        await tab.getByText(new RegExp(`^Search ${search.searchId} is paused; `)).waitFor();
      }
      await other.close();
      await page.locator('.state').first().getByText('paused', { exact: true }).waitFor();
      await page.reload();
      const used = await page.locator('.budget li').first().textContent();
      const { budget } = await box.json<DocumentOf<'status'>>('status', search.searchId);
      const { stdout } = await box.run('show', search.searchId);
      expect(stdout).toContain(used);
      expect(
        (await box.json<DocumentOf<'status'>>('status', search.searchId)).budget?.maxDuration?.used,
      ).toBeCloseTo(budget!.maxDuration!.used, 1);
      await press('Resume');
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();
      await page.getByRole('button', { name: 'Stop' }).click();
      await page.getByText('is refit, measured and registered. That can’t be taken back.').waitFor();
      await expectWellMade(page);
      await page.keyboard.press('Escape');
      expect(await page.getByRole('dialog').count()).toBe(0);
      await page.getByRole('button', { name: 'Stop' }).focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Enter');
      await page.getByText('being stopped').first().waitFor();
      expect(await page.getByRole('button', { name: 'Stop' }).count()).toBe(0);
      expect(await ended(client, search)).toBe('FINISHED');
      await page
        .getByText(/^The search was stopped by a person after \d+ of 12/)
        .waitFor({ timeout: 30_000 });
      await page
        .locator('.terms')
        .getByText(/^stopped by a person after/)
        .waitFor();
      // The words may come of an answer from just before the end.
      const cancel = page.getByRole('button', { name: 'Cancel the search' });
      await cancel.waitFor({ state: 'detached' });
      expect(await cancel.count()).toBe(0);

      // Nothing to stop any more, told in words; and nobody does it from elsewhere.
      const stop = (headers: Record<string, string>) =>
        fetch(`${uri}/api/gridsearch/v1/searches/${search.searchId}/stop`, {
          method: 'POST',
          headers,
          body: '{}',
        });
      const json = { 'content-type': 'application/json' };
      const refused = await stop(json);
      expect(refused.status).toBe(409);
      expect(await refused.json()).toMatchObject({
        error: { message: expect.stringContaining('has ended') },
      });
      expect((await stop({ 'content-type': 'text/plain' })).status).toBe(400);
      expect((await stop({ ...json, origin: 'https://elsewhere.example' })).status).toBe(403);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});

/** At every width, in both themes, with what opens open. */
async function looksWell(page: Page, address: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const)
    for (const width of [360, 768, 1280, 1920]) {
      await page.emulateMedia({ colorScheme });
      await page.setViewportSize({ width, height: 800 });
      await page.goto(address);
      await page
        .getByRole('button', { name: /was pruned$/ })
        .first()
        .click();
      await page.locator('.why-pruned').waitFor();
      // Cards have no room for what matters least.
      expect((await page.locator('td[data-label="generation"]').count()) > 0).toBe(width > 720);
      await expectWellMade(page);
    }
}
