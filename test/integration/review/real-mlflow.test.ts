/** The review page beside a real MLflow server: a search of 60 configurations, from its first fold to its version. */
import { describe, expect, onTestFinished } from 'vitest';
import { DOCUMENTS } from '../../../orchestrator/cli/documents/index.js';
import { findSearch } from '../../../review/results/index.js';
import { mlflowEnvironment, WHY_SKIPPED } from '../../../tracking/proof/real-server.js';
import { CHROMIUM, expectWellMade, HAS_CHROMIUM, openBrowser, openWatched } from '../../support/browser.js';
import { ended } from '../../support/runs.js';
import { test } from '../../support/test.js';
import { realServer } from '../../support/tracking.js';

const python = mlflowEnvironment();
const lacking = [...(python ? [] : [WHY_SKIPPED]), ...(HAS_CHROMIUM ? [] : [`no ${CHROMIUM}`])];

const SIXTY = `name: sixty
dataset: { source: uci-sentiment, limit: 120, test_size: 0.25 }
objective: { metric: f1_macro }
cross_validation: { n_splits: 2 }
models:
  simple:
    vocabulary_size: 300
    max_tokens: [8, 16]
    embedding_dim: [4, 8]
    hidden_units: [2, 4, 8]
    learning_rate: [0.003, 0.01, 0.03, 0.1, 0.3]
training: { epochs: 2, batch_size: 32 }
`;

describe.skipIf(lacking.length > 0)(`a real MLflow server${lacking.map((why) => ` (${why})`)}`, () => {
  test('has its searches reviewed like the embedded one', { timeout: 400_000 }, async ({ boxWith }) => {
    const server = await realServer(python!.mlflow);
    onTestFinished(() => server.close());
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const box = boxWith({ MLFLOW_TRACKING_URI: server.uri });
    const up = box.start('up', '--workers', '2', '--json');
    const { page: uri } = DOCUMENTS.up.schema.parse(JSON.parse(await up.firstLine));
    expect(uri).not.toBe(server.uri);

    const { page, troubles } = await openWatched(browser);
    await page.goto(`${uri}/searches`);
    await page.getByRole('heading', { name: 'No searches yet' }).waitFor();
    /** Submits in the page; returns the search that it leads to. */
    const submit = async (name: string, text: string): Promise<string> => {
      await page.goto(`${uri}/submit`);
      const file = page.locator('input[type=file]');
      const yaml = { name: `${name}.yaml`, mimeType: 'application/yaml' };
      await file.setInputFiles({ ...yaml, buffer: Buffer.from(text.replace('epochs: 2', 'epochs: 0')) });
      await page.getByText(/^Line \d+, column \d+: training\.epochs/).waitFor();
      await file.setInputFiles({ ...yaml, buffer: Buffer.from(text) });
      await page.getByText(/^\d+ configurations? × 2 folds/).waitFor();
      await page.getByRole('button', { name: 'Submit' }).click();
      await page.waitForURL(/\/searches\/sixty-/);
      return new URL(page.url()).pathname.split('/').at(-1)!;
    };
    const endOf = async (searchId: string): Promise<string> => {
      const search = await findSearch(server.client, searchId);
      return ended(server.client, { ...search, parentRunId: search.runId }, 180_000);
    };
    const sixty = await submit('sixty', SIXTY);
    await page.getByText('running').first().waitFor();
    expect(await endOf(sixty)).toBe('FINISHED');
    await page.getByText(/^simple, .* wins with macro F1 .* registered as sixty version 1/).waitFor();
    expect(await page.locator('a[data-row]').count()).toBe(60);
    expect(await page.locator('tbody tr').first().locator('circle.fold').count()).toBe(2);
    await expectWellMade(page);

    await page.locator('a[data-row]').first().click();
    await page.getByRole('heading', { level: 1, name: /simple-\d+/ }).waitFor();
    await expectWellMade(page);

    // A brush, and two rows side by side.
    await page.goto(`${uri}/searches/${sixty}?open=parallel`);
    await page.locator('#filter').fill('hidden_units >= 4 and hidden_units <= 8');
    await page.getByText('40 of 60 shown').waitFor();
    for (const _ of [1, 2]) {
      await page.keyboard.press('Escape');
      await page.keyboard.press('j');
      await page.keyboard.press('x');
    }
    await page.getByText('2 configurations pinned').waitFor();
    await page.keyboard.press('c');
    await page.getByRole('heading', { level: 1, name: 'Compare 2 configurations' }).waitFor();
    await page.getByText(/answer differently on \d+ of 90 rows/).waitFor();
    await expectWellMade(page);

    // A second version, which is promoted and rolled back.
    const second = await submit(
      'sixty',
      SIXTY.replace('[0.003, 0.01, 0.03, 0.1, 0.3]', '0.0001').replace('[2, 4, 8]', '2'),
    );
    expect(await endOf(second)).toBe('FINISHED');
    const champion = async (): Promise<string> =>
      (await server.client.getVersionByAlias('sixty', 'champion'))!.version;
    const [first, other] = (await champion()) === '1' ? ['1', '2'] : ['2', '1'];
    await page.goto(`${uri}/models`);
    await page.getByRole('button', { name: `Promote version ${other} of sixty` }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Promote' }).click();
    await expect.poll(champion).toBe(other);
    await page.getByRole('button', { name: 'Roll back sixty' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await expect.poll(champion).toBe(first);
    await expectWellMade(page);
    await page.getByRole('link', { name: 'v2', exact: true }).click();
    await page.getByText(/^They answer differently on \d+ of 30 rows/).waitFor();
    await expectWellMade(page);

    // And a third, which is given up.
    const third = await submit('sixty', SIXTY.replace('limit: 120', 'limit: 1000'));
    await page.getByRole('button', { name: 'Cancel the search' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel the search' }).click();
    await page.getByText('cancelled').first().waitFor();
    expect(await endOf(third)).toBe('KILLED');
    expect(troubles).toEqual([]);
  });
});
