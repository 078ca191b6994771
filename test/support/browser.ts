/** Debian's Chromium, and what every page that is opened in it must hold to. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Browser, type BrowserContextOptions, chromium, type Locator, type Page } from 'playwright-core';
import { expect } from 'vitest';

export const CHROMIUM = '/usr/bin/chromium';
export const HAS_CHROMIUM = existsSync(CHROMIUM);
if (process.env.CI && !HAS_CHROMIUM) throw new Error(`CI is set, but there is no ${CHROMIUM}`);

const FLAGS =
  '--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync';

export const openBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: FLAGS.split(' ') });

/** A page with a list of what went wrong in it: errors of scripts, refusals of its Content-Security-Policy, calls that failed. */
export async function openWatched(
  browser: Browser,
  options: BrowserContextOptions = {},
): Promise<{ page: Page; troubles: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...options });
  const troubles: string[] = [];
  page.on('pageerror', (error) => troubles.push(`${error}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') troubles.push(message.text());
  });
  page.on('request', (request) => {
    const { hostname, protocol } = new URL(request.url());
    if (protocol !== 'data:' && hostname !== '127.0.0.1') troubles.push(`asked ${request.url()}`);
  });
  return { page, troubles };
}

/** What replaces the text of an editor as a person would: typed, it would be completed and indented. */
export async function pasterInto(page: Page, editor: Locator): Promise<(text: string) => Promise<void>> {
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  return async (text) => {
    await page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
    await editor.focus();
    await page.keyboard.press('Control+a');
    await page.keyboard.press('Control+v');
  };
}

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** Nothing that axe calls serious or critical, and nothing wider than the screen. */
export async function expectWellMade(page: Page): Promise<void> {
  await page.evaluate(AXE);
  const violations = (await page.evaluate(
    'axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => violations)',
  )) as Violation[];
  const serious = violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(
      ({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.html} ${node.failureSummary}`).join('\n')}`,
    );
  expect(serious, page.url()).toEqual([]);
  const [whole, shown] = (await page.evaluate(
    '[document.documentElement.scrollWidth, innerWidth]',
  )) as number[];
  expect(whole, `${page.url()} is wider than the screen`).toBeLessThanOrEqual(shown!);
}
