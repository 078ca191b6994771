/** Searches whose folds misbehave, with small windows so that a search needs several. */
import { describe, expect } from 'vitest';
import { type SearchResult, searchResult } from '../../queue/index.js';
import { TAGS } from '../../tracking/client/index.js';
import type { Installation } from '../support/installation.js';
import { type RunsOfSearch, runsOf, troubles } from '../support/runs.js';
import { processor, SMALL_GRID, WHOLE_GRID } from '../support/spaces.js';
import { test } from '../support/test.js';

/** Carries the small grid out, with one retry, by workers whose folds are handled by this processor. */
async function searched(
  installation: Installation,
  misbehaviour: string,
): Promise<{ result: SearchResult; runs: RunsOfSearch }> {
  await installation.orchestrator({ windowFolds: 18 });
  await installation.worker({ processor: processor(misbehaviour) });
  const search = await installation.submit(SMALL_GRID, { retries: 1 });
  const result = searchResult.parse(await installation.result(search));
  return { result, runs: await runsOf(installation.client, search) };
}

/** Attempts that failed, as workers tell of them. */
const failedAttempts = ({ events }: Installation) => events.filter(({ type }) => type === 'failed');

describe('a search', { timeout: 120_000 }, () => {
  test('goes on without a trial that fails; its run says why', async ({ installation }) => {
    const { result, runs } = await searched(installation, 'failing');
    expect(result).toMatchObject({
      status: 'FINISHED',
      trials: { complete: 7, pruned: 0, failed: 1 },
      folds: { finished: 23, failed: 1 },
    });
    const failed = runs.children.filter((run) => run.info.status === 'FAILED');
    expect(failed).toHaveLength(1);
    expect(failed[0]!.tags[TAGS.failure]).toBe('fold 1: this fold is cursed');
    expect(failed[0]!.metrics).toHaveProperty('split0_test_score');
    expect(failed[0]!.metrics).not.toHaveProperty('mean_test_score');
    expect(failedAttempts(installation)).toHaveLength(2);
  });

  test('loses one attempt by a process that dies in mid-fold; the retry continues under the same run', async ({
    installation,
  }) => {
    const { result, runs } = await searched(installation, 'crash');
    expect(result).toMatchObject({ status: 'FINISHED', folds: { finished: 24, failed: 0 } });
    expect(troubles(runs, WHOLE_GRID)).toEqual([]);
    for (const fold of runs.folds) {
      const history = await installation.client.metricHistory(fold.info.runId, 'loss');
      expect(history.map((point) => point.step).sort()).toEqual([1, 2, 3]);
    }
    // The first fold of each of the eight trials.
    expect(failedAttempts(installation).map(({ type: _, ...event }) => event)).toEqual(
      Array.from({ length: 8 }, () =>
        expect.objectContaining({ job: expect.stringMatching(/\.f0$/), attempt: 1, attempts: 2 }),
      ),
    );
  });

  test('of which every trial failed ends as failed, with the reason, and nothing stays running', async ({
    installation,
  }) => {
    const { result, runs } = await searched(installation, 'broken');
    expect(result).toMatchObject({ status: 'FAILED', trials: { failed: 8 }, folds: { failed: 24 } });
    expect(result.reason).toContain('all 8 trials failed');
    expect(runs.children.map(({ info, tags }) => [info.status, tags[TAGS.failure]])).toEqual(
      Array.from({ length: 8 }, () => [
        'FAILED',
        expect.stringContaining('fold 0: nothing works here; fold 1'),
      ]),
    );
    const parents = runs.all.filter(({ tags }) => tags[TAGS.role] === 'parent');
    expect(parents.map(({ info, tags }) => [info.status, tags[TAGS.failure]])).toEqual([
      ['FAILED', expect.stringContaining('all 8 trials failed')],
    ]);
    expect(runs.all).toHaveLength(9);
    expect(await installation.client.searchRegisteredModels()).toEqual([]);
  });
});
