/** What a fold may take: one that takes more fails with its trial, costs nobody else anything, and the search goes on. */
import { describe, expect } from 'vitest';
import { TAGS } from '../../tracking/client/index.js';
import { runsOf } from '../support/runs.js';
import { processor, TINY_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

describe('a search', { timeout: 60_000 }, () => {
  test('goes on to a winner without folds that take too much time or memory; they are not tried again', async ({
    installation,
  }) => {
    await installation.orchestrator();
    await installation.worker({ processor: processor('greedy') });
    const search = await installation.submit(TINY_GRID, {
      retries: 2,
      limits: { seconds: 1, bytes: 512 * 2 ** 20 },
    });
    const result = await installation.result(search);
    expect(result).toMatchObject({
      status: 'FINISHED',
      trials: { complete: 2, failed: 2 },
      folds: { finished: 10, failed: 2 },
      registered: { version: '1' },
    });
    const runs = await runsOf(installation.client, search);
    const reasons = runs.children
      .map(({ tags }) => tags[TAGS.failure])
      .filter((reason) => reason !== undefined);
    expect(reasons.sort()).toEqual([
      'fold 1: it trained for longer than trial_timeout (1 s)',
      expect.stringMatching(/^fold 1: its process took \d+ MB of memory, more than max_memory \(512 MB\)$/),
    ]);
    expect(runs.all.filter(({ info }) => info.status === 'RUNNING')).toEqual([]);
    const failed = installation.events.filter(({ type }) => type === 'failed');
    expect(failed).toEqual([
      expect.objectContaining({ attempt: 1, attempts: 1 }),
      expect.objectContaining({ attempt: 1, attempts: 1 }),
    ]);
  });
});
