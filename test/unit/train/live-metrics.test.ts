import { expect, test } from 'vitest';
import type { RunData, TrackingClient } from '../../../tracking/client/index.js';
import { liveMetrics } from '../../../worker/run.js';

/** A tracking server that answers when told to. */
function slowTracking() {
  const sent: RunData[] = [];
  const answers: ((error?: Error) => void)[] = [];
  const logBatch = (_run: string, data: RunData): Promise<void> => {
    sent.push(data);
    return new Promise((resolve, reject) => {
      answers.push((error) => (error ? reject(error) : resolve()));
    });
  };
  return { tracking: { logBatch } as unknown as TrackingClient, sent, answers };
}

const steps = (data: RunData | undefined) => data?.metrics?.map(({ step }) => step);

test('one request is under way; what waits travels with the last words', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run', 0);
  for (const epoch of [1, 2, 3]) live.log(epoch, { loss: 1 / epoch, roc_auc: Number.NaN });
  expect(sent.map(steps)).toEqual([[1]]);
  const finished = live.finish({ params: { units: 8 } });
  answers[0]!();
  await expect.poll(() => sent.length).toBe(2);
  expect(steps(sent[1])).toEqual([2, 3]);
  expect(sent[1]?.params).toEqual({ units: 8 });
  answers[1]!();
  await finished;
});

test('epochs that an earlier attempt logged are not logged again', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run', 3);
  for (const epoch of [1, 2, 3]) live.log(epoch, { loss: 1 });
  expect(sent.map(steps)).toEqual([[3]]);
  answers[0]!();
  const finished = live.finish({});
  await expect.poll(() => sent.length).toBe(2);
  answers[1]!();
  await finished;
});

test('a request that failed in the middle fails the end', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run', 0);
  live.log(1, { loss: 1 });
  answers[0]!(new Error('no such run'));
  await expect(live.finish({ params: { units: 8 } })).rejects.toThrow('no such run');
  expect(sent).toHaveLength(1);
});
