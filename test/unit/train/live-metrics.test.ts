import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type RunData, TrackingError } from '../../../tracking/client/index.js';
import { liveMetrics } from '../../../worker/live-metrics.js';

// Longer than points ever wait for company.
const WAIT = 1000;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

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
  const ended: number[] = [];
  const finishRun = (run: string, data: RunData, endTime: number): Promise<void> => {
    ended.push(endTime);
    return logBatch(run, data);
  };
  return { tracking: { logBatch, finishRun }, sent, answers, ended };
}

/** What follows from an answer has been done. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

const steps = (data: RunData | undefined) => data?.metrics?.map(({ step }) => step);

test('one request is under way while training goes on; what waits travels with the last words', async () => {
  const { tracking, sent, answers, ended } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  for (const epoch of [1, 2]) live.log(epoch, { loss: 1 / epoch, roc_auc: Number.NaN });
  vi.advanceTimersByTime(WAIT);
  for (const epoch of [3, 4]) live.log(epoch, { loss: 1 / epoch });
  vi.advanceTimersByTime(WAIT);
  expect(sent.map(steps)).toEqual([[1, 2]]);
  const finished = live.finish({ params: { units: 8 } }, 9);
  expect(sent.map(steps)).toEqual([[1, 2]]);
  answers[0]!();
  await turn();
  expect(sent.map(steps)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(sent[1]?.params).toEqual({ units: 8 });
  expect(ended).toEqual([9]);
  answers[1]!();
  await finished;
});

test('a short fold is one request, and none comes after its end', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  live.log(1, { loss: 1 });
  const finished = live.finish({}, 1);
  await turn();
  answers[0]!();
  await finished;
  live.log(2, { loss: 1 });
  vi.advanceTimersByTime(WAIT);
  expect(sent.map(steps)).toEqual([[1]]);
});

test('points that a server in trouble did not take travel with the last words', async () => {
  const { tracking, sent, answers } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  live.log(1, { loss: 1 });
  vi.advanceTimersByTime(WAIT);
  answers[0]!(new TrackingError(503, 'TEMPORARILY_UNAVAILABLE', 'the disk is full'));
  await turn();
  const finished = live.finish({}, 1);
  await turn();
  expect(sent.map(steps)).toEqual([[1], [1]]);
  answers[1]!(new TrackingError(503, 'TEMPORARILY_UNAVAILABLE', 'the disk is full'));
  await expect(finished).rejects.toThrow('the disk is full');
  const again = live.finish({}, 1);
  await turn();
  expect(sent.map(steps)).toEqual([[1], [1], [1]]);
  answers[2]!();
  await again;
});

test('a request that failed in the middle fails the end, which is not said to the server', async () => {
  const { tracking, answers, ended } = slowTracking();
  const live = liveMetrics(tracking, 'run');
  live.log(1, { loss: 1 });
  vi.advanceTimersByTime(WAIT);
  answers[0]!(new Error('no such run'));
  await expect(live.finish({ params: { units: 8 } }, 1)).rejects.toThrow('no such run');
  expect(ended).toEqual([]);
});
