/** Planning in the page: tried out before anything is queued, one at a time, given up without a trace, errors at their line. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect } from 'vitest';
import type { PlanEvent } from '../../../review/page/api.js';
import {
  CHROMIUM,
  expectWellMade,
  HAS_CHROMIUM,
  openBrowser,
  openWatched,
  pasterInto,
} from '../../support/browser.js';
import { test } from '../../support/test.js';
import { until } from '../../support/until.js';

const SPACE = `name: planned
dataset: { source: uci-sentiment, limit: 120, test_size: 0.25 }
cross_validation: { n_splits: 2 }
where: "simple.learning_rate < 0.1"
models:
  simple: { vocabulary_size: 300, max_tokens: 8, embedding_dim: 4, learning_rate: [0.01, 0.03, 0.1] }
  tfidf: { C: [1, 10] }
training: { epochs: 2 }
`;

/** Processes that plan or probe for a server. */
function planners(server: number): number[] {
  const found: number[] = [];
  const parents = new Map<number, number>();
  for (const pid of readdirSync('/proc').map(Number).filter(Boolean)) {
    try {
      parents.set(pid, Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1]));
      if (/plan-text|probe-entry/.test(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))) found.push(pid);
    } catch {
      // It has just ended.
    }
  }
  const isBelow = (pid: number | undefined): boolean =>
    pid !== undefined && (pid === server || isBelow(parents.get(pid)));
  return found.filter(isBelow);
}

describe.skipIf(!HAS_CHROMIUM)(`planning in the page${HAS_CHROMIUM ? '' : ` (no ${CHROMIUM})`}`, () => {
  test('tells time and memory, and can be given up', { timeout: 180_000 }, async ({ box }) => {
    const up = await box.up('--workers', '2');
    const server = up.child.pid!;
    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${up.trackingUri}/submit`);
      const editor = page.getByRole('textbox', { name: 'Search space (YAML)' });
      await editor.waitFor();
      const paste = await pasterInto(page, editor);
      await paste(SPACE);
      await page.getByText('Constraints removed 1 configuration.').waitFor();
      const plan = page.getByRole('button', { name: 'Plan', exact: true });
      await plan.click();
      await page.getByText('Planning: reading the data…').waitFor();
      await until('a process plans', () => planners(server).length > 0);
      await page.getByRole('button', { name: 'Stop planning' }).click();
      await page.getByText('Planning:').waitFor({ state: 'detached' });
      await until('nothing plans any more', () => planners(server).length === 0);
      // What changes meanwhile has no plan.
      await plan.click();
      await page.getByText('Planning:').waitFor();
      await paste(SPACE.replace('[1, 10]', '[1]'));
      await page.getByText('Planning:').waitFor({ state: 'detached' });
      await page.getByText('3 configurations × 2 folds').waitFor();

      await plan.focus();
      await page.keyboard.press('Enter');
      await page.getByText(/^Time: about .* on 2 workers \(at the queue now\)/).waitFor({ timeout: 90_000 });
      await page.getByText(/^Memory: about [\d.]+ MB a training process/).waitFor();
      const kinds = page.locator('.kinds tbody tr');
      expect(await kinds.locator('th').allTextContents()).toEqual(['simple', 'tfidf']);
      expect(await kinds.locator('td[data-label="Configurations"]').allTextContents()).toEqual(['2', '1']);
      for (const colorScheme of ['light', 'dark'] as const)
        for (const width of [360, 1280]) {
          await page.emulateMedia({ colorScheme });
          await page.setViewportSize({ width, height: 800 });
          await expectWellMade(page);
        }
      await until('nothing plans any more', () => planners(server).length === 0);
      expect(await box.json<unknown[]>('status')).toEqual([]);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('tells what earlier searches took, and tries nothing that they tell', {
    timeout: 120_000,
  }, async ({ box }) => {
    const file = join(box.home, 'planned.yaml');
    writeFileSync(file, SPACE);
    const { searchId } = await box.json<{ searchId: string }>('run', file);
    const up = await box.up('--workers', '1');
    const browser = await openBrowser();
    try {
      const { page, troubles } = await openWatched(browser);
      await page.goto(`${up.trackingUri}/submit`);
      const editor = page.getByRole('textbox', { name: 'Search space (YAML)' });
      await editor.waitFor();
      const paste = await pasterInto(page, editor);
      await paste(SPACE.replace('C: [1, 10]', 'C: [2, 5]').concat('pruning: { folds: forgiving }\n'));
      await page.getByText('Constraints removed 1 configuration.').waitFor();
      await page.getByRole('button', { name: 'Plan', exact: true }).click();
      await page
        .getByText(/^Time: at most .* on 1 worker \(.*\), engine \S+; pruning takes less\.$/)
        .waitFor({ timeout: 60_000 });
      const ends = page.locator('.kinds td[data-label^="Fold, "]');
      expect(await ends.count()).toBe(4);
      for (const text of await ends.allTextContents()) expect(text).toMatch(/^\d+(\.\d+)? s$/);
      await expectWellMade(page);
      expect(await page.getByText(new RegExp(`by \\d+ folds of ${searchId}, nothing tried`)).count()).toBe(2);
      expect(troubles).toEqual([]);
    } finally {
      await browser.close();
    }
  });

  test('waits for its turn, says at which line it is wrong, and is not asked for from elsewhere', {
    timeout: 180_000,
  }, async ({ box }) => {
    const up = await box.up();
    const ask = (body: object, headers: Record<string, string> = {}) =>
      fetch(`${up.trackingUri}/api/gridsearch/v1/searches/plan`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: JSON.stringify(body),
      });
    const right = { name: 'x.yaml', text: SPACE };
    const told = async (answer: Response): Promise<PlanEvent[]> =>
      (await answer.text())
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as PlanEvent);
    const first = await ask(right);
    const second = await ask({ name: 'x.yaml', text: SPACE.replace('n_splits: 2', 'n_splits: 90') });
    const [planned, wrong] = await Promise.all([told(first), told(second)]);
    expect(planned.at(-1)).toMatchObject({
      plan: {
        configurations: 4,
        removed: 1,
        folds: 2,
        seconds: expect.any(Number),
        memory: { process: expect.any(Number) },
      },
    });
    expect(wrong[0]).toEqual({ say: 'another search is being planned, this one is next…' });
    expect(wrong.at(-1)).toMatchObject({ issues: [{ line: 3, path: 'cross_validation.n_splits' }] });
    const outside = {
      name: 'x.yaml',
      text: SPACE.replace('source: uci-sentiment, limit: 120', 'source: file, file: ../x.csv'),
    };
    expect((await told(await ask(outside))).at(-1)).toMatchObject({
      issues: [{ line: 2, path: 'dataset.file', message: expect.stringContaining('lies outside') }],
    });
    expect((await ask({ text: 1 })).status).toBe(400);
    expect((await ask(right, { 'content-type': 'text/plain' })).status).toBe(400);
    expect((await ask(right, { origin: 'https://elsewhere.example' })).status).toBe(403);
  });
});
