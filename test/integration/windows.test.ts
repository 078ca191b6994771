/** Grids that go through Redis window by window, also when the size of a window changes between two orchestrators. */
import { describe, expect } from 'vitest';
import { stopByName } from '../../orchestrator/app/stop.js';
import { searchPayload } from '../../queue/index.js';
import { TAGS, TrackingError } from '../../tracking/client/index.js';
import type { Installation } from '../support/installation.js';
import { foldsDone, runsOf, type Submitted, troubles } from '../support/runs.js';
import { processor, SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

/** How many configurations each window held, in the order of windows. */
async function windowsOf({ client }: Installation, search: Submitted): Promise<[string, number][]> {
  const held = new Map<string, number>();
  for (const { tags } of (await runsOf(client, search)).children) {
    const window = tags[TAGS.window]!.slice(search.searchId.length + 1);
    held.set(window, (held.get(window) ?? 0) + 1);
  }
  return [...held].sort(([a], [b]) => a.localeCompare(b));
}

const savedWindow = async ({ services }: Installation, { searchId }: Submitted) =>
  searchPayload.parse((await services.searches.getJob(searchId))?.data).progress.window;

describe('a grid larger than a window', { timeout: 120_000 }, () => {
  test('never has more folds in Redis than two windows hold', async ({ installation }) => {
    await installation.orchestrator({ windowFolds: 18 });
    await installation.worker();
    const search = await installation.submit(SMALL_GRID);
    let mostFolds = 0;
    await until('the search has ended', async () => {
      const folds = await installation.services.redis.keys('gridsearch:fold:*.f?');
      mostFolds = Math.max(mostFolds, folds.length);
      return (await installation.services.searches.getJobState(search.searchId)) === 'completed';
    });
    expect(await installation.result(search)).toMatchObject({
      status: 'FINISHED',
      folds: { finished: 24, failed: 0 },
    });
    expect(troubles(await runsOf(installation.client, search), WHOLE_GRID)).toEqual([]);
    expect(mostFolds).toBeGreaterThan(0);
    expect(mostFolds).toBeLessThanOrEqual(18);
    expect(await windowsOf(installation, search)).toEqual([
      ['w0', 3],
      ['w3', 3],
      ['w6', 2],
    ]);
  });

  test.for([
    [
      18,
      500,
      [
        ['w0', 3],
        ['w3', 3],
        ['w6', 2],
      ],
    ],
    [500, 18, [['w0', 8]]],
  ] as const)(
    'keeps the windows under way when %i folds at a time become %i; no configuration is skipped or tried twice',
    async ([before, after, windows], { installation }) => {
      const letGo = installation.hold();
      const first = await installation.orchestrator({ windowFolds: before });
      await installation.worker({ processor: processor('held') });
      const search = await installation.submit(SMALL_GRID);
      // Those of the first configuration; the second one's wait.
      await foldsDone(installation.client, search, 3);
      await first.close();
      expect(await savedWindow(installation, search)).toMatchObject({ from: 0, to: windows[0][1] });

      await installation.orchestrator({ windowFolds: after });
      letGo();
      expect(await installation.result(search)).toMatchObject({
        status: 'FINISHED',
        trials: { complete: 8, pruned: 0, failed: 0 },
        folds: { finished: 24, failed: 0 },
      });
      expect(troubles(await runsOf(installation.client, search), WHOLE_GRID)).toEqual([]);
      expect(await windowsOf(installation, search)).toEqual(windows);
    },
  );

  test('keeps a window that was decided on and not yet handed out', async ({ installation }) => {
    const { client } = installation;
    const outage = new TrackingError(0, 'UNREACHABLE', 'no answer');
    const first = await installation.orchestrator({
      windowFolds: 18,
      tracking: { ...client, createRun: () => Promise.reject(outage) },
    });
    const search = await installation.submit(SMALL_GRID);
    await until('the first window is decided on', () => savedWindow(installation, search));
    await first.close();
    expect((await runsOf(client, search)).children).toEqual([]);

    await installation.orchestrator({ windowFolds: 500 });
    await installation.worker();
    expect(await installation.result(search)).toMatchObject({ trials: { complete: 8 } });
    expect(troubles(await runsOf(client, search), WHOLE_GRID)).toEqual([]);
    expect(await windowsOf(installation, search)).toEqual([
      ['w0', 3],
      ['w3', 3],
      ['w6', 2],
    ]);
  });

  test.for([
    ['ended', false],
    ['was cut', true],
  ] as const)(
    'describes the trials of a window that %s while they could not be described',
    async ([, isCut], { installation }) => {
      const { client, services } = installation;
      const outage = new TrackingError(0, 'UNREACHABLE', 'no answer');
      let away = true;
      await installation.orchestrator({
        windowFolds: 18,
        tracking: {
          ...client,
          logBatch: (runId, data) =>
            away && data.params?.units !== undefined ? Promise.reject(outage) : client.logBatch(runId, data),
        },
      });
      await installation.worker();
      const search = await installation.submit(SMALL_GRID);
      await until('the first window has ended', async () => {
        const job = await services.searches.getJob(search.searchId);
        return Object.keys((await job?.getChildrenValues()) ?? {}).length === 1;
      });
      if (isCut) await stopByName(search.searchId, services);
      away = false;
      const { status, trials } = await installation.result(search);
      expect(status).toBe('FINISHED');
      if (isCut) expect(trials.complete).toBeGreaterThanOrEqual(3);
      else expect(trials.complete).toBe(8);
      const { children } = await runsOf(client, search);
      if (!isCut) expect(children).toHaveLength(8);
      for (const { info, params, tags } of children) {
        const { units } = JSON.parse(tags['gridsearch.parameters']!);
        expect(params).toMatchObject({ model: 'lstm', units: String(units) });
        expect(await client.loggedInputs(info.runId)).toHaveLength(1);
      }
    },
  );
});
