/** What a search is called, by its step, who is there, and what people want of it. */
import { expect, test } from 'vitest';
import { stateOf } from '../../../review/results/index.js';

const RUNNING = { status: 'RUNNING', failure: undefined } as const;
const THERE = { orchestrators: 1, workers: 1 };
const none = { stop: undefined, pausedSince: undefined };

test('a search is paused until it is resumed or a person stops it, whoever is there', () => {
  const plan = { step: 'plan' } as const;
  const paused = { stop: undefined, pausedSince: 1 };
  for (const presence of [THERE, { orchestrators: 0, workers: 0 }, undefined])
    expect(stateOf(RUNNING, plan, presence, paused)).toBe('paused');
  expect(stateOf(RUNNING, { step: 'queued' }, THERE, paused)).toBe('paused');
  // A budget's end waits for the end of the pause.
  expect(stateOf(RUNNING, { step: 'refit' }, THERE, { ...paused, stop: 'max_failures' })).toBe('paused');
  expect(stateOf(RUNNING, plan, THERE, { ...paused, stop: 'person' })).toBe('being stopped');
  expect(stateOf({ ...RUNNING, status: 'FINISHED' }, plan, THERE, paused)).toBe('finished');
  expect(stateOf(RUNNING, plan, THERE, none)).toBe('running');
});

test('a search is being stopped until it has ended, if somebody does it', () => {
  const stopped = { stop: 'person', pausedSince: undefined } as const;
  const noWorker = { orchestrators: 1, workers: 0 };
  expect(stateOf(RUNNING, { step: 'plan' }, noWorker, stopped)).toBe('being stopped');
  expect(stateOf(RUNNING, { step: 'refit' }, noWorker, stopped)).toBe('waiting for a worker');
  expect(stateOf(RUNNING, { step: 'refit' }, THERE, stopped)).toBe('being stopped');
  expect(stateOf(RUNNING, { step: 'plan' }, { orchestrators: 0, workers: 1 }, stopped)).toBe('interrupted');
});
