/** Workers killed between the end of a computation and the acknowledgement of what it came to: it is never lost, and never counts twice. */
import { describe, expect } from 'vitest';
import { type Fault, faultyProxy, PASS } from '../support/faulty-proxy.js';
import { signal, startFleet, trainersOf } from '../support/fleet.js';
import { ended, runsOf, troubles } from '../support/runs.js';
import { SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

describe('kill -9 with the last words of a fold on their way', { timeout: 180_000 }, () => {
  test.for([
    ['a worker', 'which never arrive', false],
    ['a worker', 'which are carried out', true],
    ['a training process', 'which never arrive', false],
    ['a training process', 'which are carried out', true],
  ] as const)('of %s, %s', async ([who, , arrives], { boxWith, tracking }) => {
    const proxy = await faultyProxy(tracking.uri);
    const box = boxWith({ MLFLOW_TRACKING_URI: proxy.uri, GRIDSEARCH_LOCK_DURATION: '2000' });
    await startFleet(box, { orchestrators: 1, workers: 0 });
    const victim = await box.worker(2);
    let words = 0;
    const struck = new Promise<void>((resolve) => {
      proxy.fault = ({ body }): Fault => {
        // The ends of folds, alone or with the beginning of the next: trials have other metrics.
        if (!body.includes('"FINISHED"') || !body.includes('"best_epoch"') || ++words !== 8) return PASS;
        const trainers = trainersOf(box.home, victim.child.pid!);
        signal('SIGKILL', ...(who === 'a worker' ? [victim.child.pid!, ...trainers] : trainers));
        resolve();
        return arrives ? PASS : { kind: 'drop', after: false };
      };
    });
    const search = await box.submit(SMALL_GRID);
    await struck;
    if (who === 'a worker') await box.worker(2);
    expect(await ended(tracking.client, search)).toBe('FINISHED');
    await until('there is nothing left to put right', async () => {
      const found = troubles(await runsOf(tracking.client, search), WHOLE_GRID);
      return found.length === 0;
    });
    const { folds } = await runsOf(tracking.client, search);
    for (const { info } of folds) {
      const history = await tracking.client.metricHistory(info.runId, 'best_epoch');
      expect(history).toHaveLength(1);
    }
    await proxy.close();
  });
});
