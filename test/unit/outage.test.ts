import { afterEach, expect, test, vi } from 'vitest';
import { errorTeller } from '../../orchestrator/cli/outage.js';

afterEach(() => vi.useRealTimers());

const OUTAGE = 'Redis does not answer; waiting for it. Nothing is lost.';

test('a lost Redis is told of once in a while, however many connections lose it', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const said: string[] = [];
  const tell = errorTeller((line) => said.push(line));
  for (let second = 0; second < 60; second++) {
    for (const reason of ['connect ENOENT /x/redis.sock', 'read ECONNRESET', 'Connection is closed.'])
      tell(reason);
    vi.advanceTimersByTime(1000);
  }
  expect(said).toEqual([OUTAGE, OUTAGE]);
});

test('any other error is told each time, in one line', () => {
  const said: string[] = [];
  const tell = errorTeller((line) => said.push(line));
  tell('search x failed: a\nb');
  tell('search x failed: a\nb');
  expect(said).toEqual(['search x failed: a�b', 'search x failed: a�b']);
});
