import { expect, test } from 'vitest';
import { type RunData, type TrackingClient, TrackingError } from '../../../tracking/client/index.js';
import { liveMetrics } from '../../../worker/live-metrics.js';

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

/** What follows from an answer has been done. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const steps = (data: RunData | undefined) => data?.metrics?.map(({ step }) => step);

test('one request is under way while training goes on; what waits travels with the last words', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  for (const epoch of [1, 2, 3]) live.log(epoch, { loss: 1 / epoch, roc_auc: Number.NaN });
  expect(sent.map(steps)).toEqual([[1]]);
  const finished = live.finish({ params: { units: 8 } });
  expect(sent.map(steps)).toEqual([[1], [2, 3]]);
  expect(sent[1]?.params).toEqual({ units: 8 });
  for (const answer of answers) answer();
  await finished;
});

test('points that a server in trouble did not take travel with the last words', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  live.log(1, { loss: 1 });
  answers[0]!(new TrackingError(503, 'TEMPORARILY_UNAVAILABLE', 'the disk is full'));
  await turn();
  const finished = live.finish({});
  expect(sent.map(steps)).toEqual([[1], [1]]);
  answers[1]!(new TrackingError(503, 'TEMPORARILY_UNAVAILABLE', 'the disk is full'));
  await expect(finished).rejects.toThrow('the disk is full');
  const again = live.finish({});
  expect(sent.map(steps)).toEqual([[1], [1], [1]]);
  answers[2]!();
  await again;
});

test('a request that failed in the middle fails the end', async () => {
  const { tracking, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  live.log(1, { loss: 1 });
  answers[0]!(new Error('no such run'));
  const finished = live.finish({ params: { units: 8 } });
  answers[1]!();
  await expect(finished).rejects.toThrow('no such run');
});
