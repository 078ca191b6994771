/** What becomes of a search, or a trial, whose own job breaks: a bug, or a payload of another version. */
import { describe, expect, vi } from 'vitest';
import { watchSearch } from '../../orchestrator/cli/watch.js';
import { STRATEGIES } from '../../orchestrator/search/index.js';
import type * as options from '../../queue/options.js';
import { readProgress } from '../../review/results/progress.js';
import { TAGS } from '../../tracking/client/index.js';
import { ended, runsOf } from '../support/runs.js';
import { processor, SMALL_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

// Two attempts in a moment instead of five in 8 s.
vi.mock('../../queue/options.js', async (original) => {
  const real = await original<typeof options>();
  const STEP = { attempts: 2, backoff: { type: 'fixed', delay: 10 } };
  return { ...real, STEP, SEARCH: { ...real.SEARCH, ...STEP } };
});

/** A version that lacks the strategy that searches are submitted for. */
const OTHERS = { oracle: STRATEGIES.grid! };
const REASON =
  'no strategy "grid" in this version; there are oracle: is this orchestrator as new as the submitter?';

describe('a search whose own job breaks', { timeout: 120_000 }, () => {
  test('ends as failed; whoever watches it or asks for its status is told why', async ({
    installation,
    boxWith,
  }) => {
    const search = await installation.submit(SMALL_GRID);
    const { searchId } = search;
    const { searches, redis } = installation.services;
    const watched = watchSearch(
      { searches, redis, client: installation.client },
      searchId,
      new AbortController().signal,
    );
    const told = expect(watched).rejects.toThrow(`search ${searchId} broke: ${REASON}`);
    await installation.orchestrator({ strategies: OTHERS });
    await told;
    expect(await readProgress(searches, searchId)).toMatchObject({
      step: 'broken',
      failure: REASON,
      trials: { total: 8, settled: 0 },
    });
    expect(await ended(installation.client, search)).toBe('FAILED');
    expect(installation.errors.splice(0).map(({ message }) => message)).toEqual([
      `search ${searchId} failed: ${REASON}`,
    ]);

    const box = boxWith({ GRIDSEARCH_HOME: installation.home });
    expect(await box.json('status', searchId)).toMatchObject({
      status: 'FAILED',
      state: 'broken',
      step: 'broken',
      failure: `its search job broke: ${REASON}`,
    });
    expect((await box.run('status', searchId)).stdout).toContain(`Reason: its search job broke: ${REASON}\n`);
  });

  test('is told of with its reason also when tracking could not be', async ({ installation, boxWith }) => {
    const deaf = { ...installation.client, failRun: () => Promise.reject(new Error('the disk is full')) };
    await installation.orchestrator({ strategies: OTHERS, tracking: deaf });
    const search = await installation.submit(SMALL_GRID);
    await until('the orchestrator has told of both', () => installation.errors.length === 2);
    expect(installation.errors.splice(0).map(({ message }) => message)).toEqual([
      `search ${search.searchId} failed: ${REASON}`,
      'the disk is full',
    ]);
    const box = boxWith({ GRIDSEARCH_HOME: installation.home });
    expect(await box.json('status', search.searchId)).toMatchObject({
      status: 'RUNNING',
      step: 'broken',
      failure: REASON,
    });
  });
});

test('a trial whose own job breaks fails with the reason and all its folds, and the search goes on', async ({
  installation,
}) => {
  await installation.orchestrator({ windowFolds: 18 });
  await installation.worker({ processor: processor('nonsense') });
  const search = await installation.submit(SMALL_GRID);
  expect(await installation.result(search)).toMatchObject({
    status: 'FINISHED',
    trials: { complete: 7, pruned: 0, failed: 1 },
    folds: { finished: 21, failed: 3 },
  });
  const broken = async () =>
    (await runsOf(installation.client, search)).children.filter(({ info }) => info.status !== 'FINISHED');
  const [run, ...others] = await until('its run is closed', async () => {
    const found = await broken();
    return found[0]?.info.status === 'FAILED' && found;
  });
  expect(others).toEqual([]);
  expect(run!.tags).toMatchObject({
    [TAGS.index]: '2',
    [TAGS.outcome]: 'failed',
    [TAGS.failure]: expect.stringContaining('its trial job broke: '),
  });
  expect(run!.tags[TAGS.failure]).toContain('runId');
  expect(installation.errors.splice(0).map(({ message }) => message)).toEqual([
    expect.stringContaining(`trial ${run!.tags[TAGS.jobId]} failed: `),
  ]);
}, 120_000);
