/**
 * The review page with a large search: from asking for it until its table can be used, and from a key in its filter until the
 * table has changed; beside MLflow's own table of runs in front of the same embedded store.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { chromium } from 'playwright-core';
import { pagesFolder, servePages } from '../../dist/tracking/proof/pages.js';
import { say } from '../progress.mjs';
import { median } from '../statistics.mjs';
import { fixed } from '../table.mjs';
import { createTrackingClient } from '../tracking/dist.mjs';
import { largeSearch } from './large-search.mjs';

const CHROMIUM = '/usr/bin/chromium';
const MLFLOW = resolve('.venv/mlflow/bin');
const LIMITS = { open: 2000, filter: 100 }; // ms

export default async function page({ repeat, children, folds, settle }) {
  const home = mkdtempSync(join(tmpdir(), 'bench-page-'));
  const review = spawn(process.execPath, ['bin/gridsearch.mjs', 'review', '--port', '0', '--json'], {
    env: { ...process.env, GRIDSEARCH_HOME: home, REDIS_URL: '', MLFLOW_TRACKING_URI: '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu'],
  });
  try {
    const [line] = await once(createInterface(review.stdout), 'line');
    const { page: uri } = JSON.parse(line);
    const client = createTrackingClient({ uri });
    const started = performance.now();
    const { searchId } = await largeSearch(client, { children, folds });
    say(`${children} child runs stored in ${fixed((performance.now() - started) / 1000, 1)} s`);
    const experimentId = await client.getOrCreateExperiment('large');
    const ours = await measured(repeat, settle, () =>
      oursOnce(browser, `${uri}/searches/${searchId}`, children),
    );
    const theirs = existsSync(MLFLOW) ? await mlflows(browser, uri, experimentId, repeat, settle) : undefined;
    return report({ children, folds }, ours, theirs);
  } finally {
    await browser.close();
    review.kill('SIGTERM');
    await once(review, 'exit');
    rmSync(home, { recursive: true });
  }
}

async function measured(repeat, settle, once_) {
  const all = [];
  for (let turn = 0; turn < repeat; turn++) {
    await settle();
    all.push(await once_());
  }
  return Object.fromEntries(Object.keys(all[0]).map((key) => [key, median(all.map((one) => one[key]))]));
}

async function oursOnce(browser, address, children) {
  const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  let bytes = 0;
  tab.on('response', async (response) => {
    if (response.url().includes('/assets/'))
      bytes += Number((await response.request().sizes()).responseBodySize);
  });
  const start = performance.now();
  await tab.goto(address, { waitUntil: 'commit' });
  await tab.waitForFunction(
    (text) => document.getElementById('filter-says')?.textContent.includes(text),
    `${children} of ${children} shown`,
    { polling: 'raf' },
  );
  const open = performance.now() - start;
  // Inside the page, from the key to the frame that shows its effect.
  const filter = await tab.evaluate(async () => {
    const box = document.getElementById('filter');
    const times = [];
    for (const text of [
      'units = 64',
      'mean > 0.81',
      'lstm-12',
      'dropout <= 0.2 and learning_rate >= 0.003',
      '',
    ]) {
      const before = document.getElementById('filter-says').textContent;
      const start = performance.now();
      box.value = text;
      box.dispatchEvent(new Event('input', { bubbles: true }));
      while (document.getElementById('filter-says').textContent === before)
        await new Promise((done) => requestAnimationFrame(done));
      await new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
      times.push(performance.now() - start);
    }
    return times.sort((a, b) => a - b)[2];
  });
  await tab.close();
  return { open, filter, bytes };
}

/** Until the first rows of MLflow's own table are there: it asks for 100 runs at a time. */
async function mlflows(browser, tracking, experimentId, repeat, settle) {
  const front = await servePages(await pagesFolder(MLFLOW), tracking);
  try {
    return await measured(repeat, settle, async () => {
      const tab = await browser.newPage({ viewport: { width: 1280, height: 800 } });
      const start = performance.now();
      await tab.goto(`${front.uri}/#/experiments/${experimentId}/runs`, { waitUntil: 'commit' });
      // Rows are links to their runs; those of children hide beneath their parent's.
      await tab.locator('a[href*="/runs/"]').first().waitFor();
      const open = performance.now() - start;
      await tab.close();
      return { open };
    });
  } finally {
    await front.close();
  }
}

function report({ children, folds }, ours, theirs) {
  const missed = Object.entries(LIMITS)
    .filter(([what, limit]) => ours[what] > limit)
    .map(([what, limit]) => `${what}: ${fixed(ours[what], 0)} ms, the limit is ${limit} ms`);
  return {
    figures: { children, folds, ours, mlflow: theirs ?? null },
    tables: [
      {
        title: `A search of ${children} configurations × ${folds} folds in the browser`,
        head: ['', 'ms', 'limit'],
        rows: [
          ['ours: all rows in the table, usable', fixed(ours.open, 0), String(LIMITS.open)],
          ['ours: a filter', fixed(ours.filter, 0), String(LIMITS.filter)],
          ...(theirs ? [['MLflow: first rows of its table', fixed(theirs.open, 0), '']] : []),
        ],
      },
    ],
    notes: [`Scripts and styles of the page: ${fixed(ours.bytes / 1000, 1)} kB compressed.`],
    missed,
  };
}
