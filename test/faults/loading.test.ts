/** Training processes that die before they have begun. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import { signal, trainersOf } from '../support/fleet.js';
import { runsOf, troubles } from '../support/runs.js';
import { processor, SLOW_GRID, SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

describe('a training process that dies while it loads', { timeout: 180_000 }, () => {
  test('costs no attempt, and the search ends as ever', async ({ installation }) => {
    mkdirSync(join(installation.home, 'cache'), { recursive: true });
    await installation.orchestrator();
    await installation.worker({ processor: processor('dies-loading'), concurrency: 1 });
    const search = await installation.submit(SMALL_GRID, { retries: 0 });
    expect(await installation.result(search)).toMatchObject({
      status: 'FINISHED',
      folds: { finished: 24, failed: 0 },
    });
    expect(troubles(await runsOf(installation.client, search), WHOLE_GRID)).toEqual([]);
    const told = installation.events.filter(({ type }) => type !== 'completed');
    expect(told).toEqual([
      {
        type: 'waiting',
        reason: 'a training process was killed (SIGKILL), as when memory runs out while it loaded',
      },
      {
        type: 'waiting',
        reason: 'a training process was killed (SIGKILL), as when memory runs out while it loaded',
      },
    ]);
  });

  test('three times in a row makes the worker unfit; no fold has failed by it', async ({ installation }) => {
    await installation.orchestrator();
    await installation.worker({ processor: processor('unloadable'), concurrency: 1 });
    const search = await installation.submit(SMALL_GRID, { retries: 0 });
    await until('the worker is unfit', () => installation.events.some(({ type }) => type === 'unfit'));
    expect(installation.events.filter(({ type }) => type === 'failed')).toEqual([]);
    expect((await runsOf(installation.client, search)).folds).toEqual([]);
  });

  test.for([20, 120, 400, 800])('%i ms after it was forked does not hang a run', async (delay, { box }) => {
    const run = box.start('run', SMALL_GRID, '--workers', '1', '--json');
    const [child] = await until('a training process is there', () => {
      const found = trainersOf(box.home);
      return found.length > 0 && found;
    });
    await sleep(delay);
    signal('SIGKILL', child!);
    const end = await run.ended;
    expect(end.code, end.stderr).toBe(0);
    expect(JSON.parse(end.stdout)).toMatchObject({ status: 'FINISHED', folds: { finished: 24, failed: 0 } });
  });

  test('again and again ends the run with the reason, and resume goes on', async ({ box }) => {
    const run = box.start('run', SMALL_GRID, '--workers', '1', '--json');
    let over = false;
    const killing = (async () => {
      while (!over) {
        signal('SIGKILL', ...trainersOf(box.home));
        await sleep(10);
      }
    })();
    const end = await run.ended;
    over = true;
    await killing;
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(
      /This machine can't train: a training process was killed \(SIGKILL\).*three times/,
    );
    expect(end.stderr).toMatch(/npx gridsearch resume small-grid-[0-9a-f]+\n$/);
    const resumed = await box.run('resume', '--json');
    expect(resumed.code, resumed.stderr).toBe(0);
    expect(JSON.parse(resumed.stdout)).toMatchObject({ folds: { finished: 24, failed: 0 } });
  });

  test('or whose worker does, within a moment of the fork, leaves no process behind', async ({ box }) => {
    await box.up();
    await box.submit(SLOW_GRID);
    for (const delay of [0, 30, 60, 100, 200]) {
      const worker = await box.worker(1);
      const [child] = await until('a training process is there', () => {
        const found = trainersOf(box.home);
        return found.length > 0 && found;
      });
      await sleep(delay);
      worker.child.kill('SIGKILL');
      await worker.ended;
      await until('the training process has noticed', () => trainersOf(box.home).length === 0, 5000);
      expect(child).toBeDefined();
    }
  });
});
