/**
 * Pictures of the review page, of each view on a screen and on a phone, light and dark:
 * `node docs/pictures/make.mjs ADDRESS [FOLDER]`, with the address that `gridsearch review` prints. Needs Debian's chromium.
 */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const [address, folder = import.meta.dirname] = process.argv.slice(2);
if (!address) {
  process.stderr.write('node docs/pictures/make.mjs ADDRESS [FOLDER]\n');
  process.exit(2);
}
const { origin } = new URL(address);
const SIZES = { screen: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const json = async (path) => (await fetch(`${origin}/api/gridsearch/v1/${path}`)).json();
const { searches } = await json('searches');
const { searchId } = searches.find(({ name }) => name === 'sentiment-grid') ?? searches[0];
const { lineage, winnerRunId, columns } = await json(`searches/${searchId}`);
const refit = lineage.find(({ what }) => what === 'refit')?.href;
const version = lineage.find(({ what }) => what === 'version')?.href;

/** What to open, and what to do there before the picture is taken. */
const VIEWS = {
  searches: ['/searches'],
  search: [`/searches/${searchId}`],
  curves: [
    `/searches/${searchId}`,
    async (page) => {
      await page.locator('[data-curves]').first().click();
      await page.locator('canvas').waitFor();
    },
  ],
  evidence: [
    `/searches/${searchId}?open=importance,parallel,scatter,heat,timeline`,
    (page) => page.getByText(/^\d+ jobs on/).waitFor(),
  ],
  compare: [
    `/compare?runs=${columns.runId.slice(0, 3).join(',')}`,
    (page) => page.locator('.curves canvas').waitFor(),
  ],
  run: [
    refit ?? `/runs/${winnerRunId}`,
    async (page) => {
      const picture = page.getByRole('button', { name: 'evaluation/confusion_matrix.svg' });
      if ((await picture.count()) > 0) await picture.click();
    },
  ],
  models: ['/models'],
  version: [version ?? '/models'],
  submit: [
    '/submit',
    async (page) => {
      await page.getByRole('textbox', { name: 'Search space (YAML)' }).waitFor();
      await page.getByText('of training on one core').waitFor();
    },
  ],
};

await mkdir(folder, { recursive: true });
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu'],
});
try {
  for (const [size, viewport] of Object.entries(SIZES)) {
    for (const colorScheme of ['light', 'dark']) {
      const page = await browser.newPage({ viewport, colorScheme });
      for (const [view, [path, prepare]] of Object.entries(VIEWS)) {
        await page.goto(origin + path);
        await page.locator('h1').waitFor();
        await prepare?.(page);
        await page.waitForLoadState('networkidle');
        await page.screenshot({
          path: join(folder, `${view}-${size}-${colorScheme}.png`),
          fullPage: size === 'screen',
        });
      }
      await page.close();
    }
  }
} finally {
  await browser.close();
}
