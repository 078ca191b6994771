/** What strategies and pruners are told of complete generations, and what is read for it. */
import { describe, expect, test } from 'vitest';
import { createChildRun } from '../../../orchestrator/search/child-runs.js';
import { type Histories, observations } from '../../../orchestrator/search/history.js';
import type { SearchPayload } from '../../../queue/index.js';
import { TAGS, type TrackingClient } from '../../../tracking/client/index.js';
import { test as withTracking } from '../../support/test.js';
import type { TrackingFixture } from '../../support/tracking.js';

const SIZE = 4;

/** A search that has so many complete trials, in generations. */
async function searched({ client }: TrackingFixture, trials: number) {
  const experimentId = await client.getOrCreateExperiment('histories');
  const parent = await client.createRun({ experimentId, runName: 'parent', startTime: 1, tags: {} });
  const context = {
    searchId: `histories-${parent.info.runId.slice(0, 8)}`,
    experimentId,
    parentRunId: parent.info.runId,
    folds: 2,
    source: {},
  } as unknown as SearchPayload['context'];
  const add = async (index: number): Promise<string> => {
    const configuration = { index, hash: '0'.repeat(12), model: 'simple', parameters: { epochs: 9 } };
    const from = index - (index % SIZE);
    const runId = await createChildRun({ context } as SearchPayload, from, configuration, client);
    const point = (key: string, value: number) => ({ key, value, timestamp: 1, step: 0 });
    await client.logBatch(runId, {
      ...(index < trials && { tags: { [TAGS.outcome]: index % 3 === 0 ? 'pruned' : 'complete' } }),
      metrics: [
        ...(index % 3 === 0 ? [] : [0, 1].map((fold) => point(`split${fold}_test_score`, index + fold))),
        point('split0_epoch1_score', index / 10),
        point('split0_epoch3_score', index / 5),
      ],
    });
    return runId;
  };
  // Not in the order of configurations.
  for (let index = trials - 1; index >= 0; index--) await add(index);
  return { context, add };
}

/** Notes how many runs each request brings. */
function counting(client: TrackingClient): { tracking: TrackingClient; read: number[] } {
  const read: number[] = [];
  const tracking: TrackingClient = {
    ...client,
    async *searchRuns(request) {
      read.push(0);
      for await (const run of client.searchRuns(request)) {
        read[read.length - 1]!++;
        yield run;
      }
    },
  };
  return { tracking, read };
}

const expected = (upTo: number) =>
  Array.from({ length: upTo }, (_, index) => ({
    configuration: { index, hash: '0'.repeat(12), model: 'simple', parameters: { epochs: 9 } },
    outcome: index % 3 === 0 ? 'pruned' : 'complete',
    scores: index % 3 === 0 ? [Number.NaN, Number.NaN] : [index, index + 1],
    rungs: [
      { epoch: 1, score: index / 10 },
      { epoch: 3, score: index / 5 },
    ],
  }));

describe('a history', () => {
  withTracking(
    'is read on from where it was read to, and whole by another process',
    async ({ tracking: server }) => {
      const { context } = await searched(server, 20);
      const { tracking, read } = counting(server.client);
      const histories: Histories = new Map();
      const asked = (upTo: number) => observations(context, upTo, { tracking, histories });
      expect(await asked(0)).toEqual([]);
      expect(read).toEqual([]);
      expect(await asked(4)).toEqual(expected(4));
      expect(read).toEqual([20]);
      expect(await asked(8)).toEqual(expected(8));
      expect(await asked(8)).toEqual(expected(8));
      expect(await asked(4)).toEqual(expected(4));
      expect(read).toEqual([20, SIZE]);
      expect(await asked(16)).toEqual(expected(16));
      expect(read).toEqual([20, SIZE, SIZE, SIZE]);

      const another = counting(server.client);
      expect(await observations(context, 16, { tracking: another.tracking, histories: new Map() })).toEqual(
        expected(16),
      );
      expect(another.read).toEqual([20]);
    },
  );

  withTracking('is read whole where windows began elsewhere', async ({ tracking: server }) => {
    const { context } = await searched(server, 12);
    const { tracking, read } = counting(server.client);
    const histories: Histories = new Map();
    expect(await observations(context, 6, { tracking, histories })).toEqual(expected(6));
    expect(await observations(context, 12, { tracking, histories })).toEqual(expected(12));
    expect(read).toEqual([12, 0, 12]);
  });

  withTracking('has one trial of each place, the one with an outcome', async ({ tracking: server }) => {
    const { context, add } = await searched(server, 4);
    const runId = await add(4);
    // A creation whose answer came late.
    await add(4);
    await server.client.logBatch(runId, { tags: { [TAGS.outcome]: 'complete' } });
    const found = await observations(context, 8, { tracking: server.client, histories: new Map() });
    expect(found.map(({ outcome }) => outcome)).toEqual([
      'pruned',
      'complete',
      'complete',
      'pruned',
      'complete',
    ]);
  });

  test('is forgotten of the search that was asked for longest ago', async () => {
    const none = { async *searchRuns() {} } as unknown as TrackingClient;
    const histories: Histories = new Map();
    const context = (searchId: string) =>
      ({ searchId, experimentId: '1', parentRunId: 'p', folds: 1 }) as never;
    for (let search = 0; search < 20; search++)
      await observations(context(`s${search}`), 8, { tracking: none, histories });
    expect([...histories.keys()]).toEqual(Array.from({ length: 16 }, (_, i) => `s${i + 4}`));
  });
});
