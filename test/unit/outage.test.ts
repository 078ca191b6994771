import { afterEach, expect, test, vi } from 'vitest';
import { outageTeller } from '../../orchestrator/cli/outage.js';

afterEach(() => vi.useRealTimers());

const OUTAGE = 'Redis does not answer; waiting for it. Nothing is lost.';

test('a lost Redis is told of once in a while, however many connections lose it', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const said: string[] = [];
  const tell = outageTeller((line) => said.push(line));
  for (let second = 0; second < 60; second++) {
    for (const reason of ['connect ENOENT /x/redis.sock', 'read ECONNRESET', 'Connection is closed.'])
      tell.waiting(reason);
    vi.advanceTimersByTime(1000);
  }
  expect(said).toEqual([OUTAGE, OUTAGE]);
});

test('so is any other trouble that is waited out, each for itself', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const said: string[] = [];
  const tell = outageTeller((line) => said.push(line));
  for (let second = 0; second < 20; second++) {
    tell.waiting('POST runs/create: HTTP 500');
    tell.waiting("the tracking server at http://x can't be reached: connect ECONNREFUSED");
    vi.advanceTimersByTime(1000);
  }
  expect(said).toEqual([
    'Waiting: POST runs/create: HTTP 500. Nothing is lost.',
    "Waiting: the tracking server at http://x can't be reached: connect ECONNREFUSED. Nothing is lost.",
  ]);
});

test('any error is told each time, in one line', () => {
  const said: string[] = [];
  const tell = outageTeller((line) => said.push(line));
  tell.error('search x failed: a\nb');
  tell.error('search x failed: a\nb');
  expect(said).toEqual(['search x failed: a�b', 'search x failed: a�b']);
});
