/** The table of `workers`. */
import { expect, test } from 'vitest';
import { workersText } from '../../orchestrator/cli/workers.js';

const worker = {
  name: 'trainer-2:4711',
  host: 'trainer-2',
  pid: 4711,
  concurrency: 2,
  engine: 'tfjs-node, tfjs 4.22.0, TensorFlow 2.21.0, kernel 8dade747 x86-64-v4, g++ 12.2.0',
  seconds: 3725,
  folds: 1204,
  leaving: false,
  drainable: true,
  processes: [
    { pid: 4720, bytes: 400 * 2 ** 20 },
    { pid: 4721, bytes: 712 * 2 ** 20 },
  ],
  jobs: [
    { searchId: 'sentiment-grid-0c38244e5b', trial: 'lstm-3', fold: 0, seconds: 12, pid: 4720 },
    { searchId: 'sentiment-grid-0c38244e5b', trial: 'lstm-3', fold: null, seconds: 1, pid: null },
  ],
};

test('a worker has a row, and each of its jobs a line', () => {
  expect(
    workersText([worker, { ...worker, name: 'b:1', engine: null, leaving: true, processes: [], jobs: [] }]),
  ).toMatchInlineSnapshot(`
    [
      "worker          busy     done  memory  for  engine",
      "trainer-2:4711  2/2      1204  1.1 GB  1 h  tfjs-node, kernel 8dade747",
      "  sentiment-grid-0c38244e5b lstm-3 fold 0, 12 s, process 4720 (400 MB)",
      "  sentiment-grid-0c38244e5b lstm-3 refit, 1 s",
      "b:1             leaving  1204  –       1 h  –",
    ]
  `);
});

test('nothing is wider than a terminal, and nothing acts on it', () => {
  const long = 'x'.repeat(100);
  const lines = workersText([
    {
      ...worker,
      name: `${long}:4711`,
      engine: `${long}, kernel ${long}`,
      folds: 9_999_999,
      seconds: 9e6,
      processes: [{ pid: 4_194_304, bytes: 64 * 2 ** 30 }],
      jobs: [{ searchId: 'y'.repeat(81), trial: long, fold: 9999, seconds: 9e6, pid: 4_194_304 }],
    },
  ]);
  for (const line of lines) expect(line.length, line).toBeLessThanOrEqual(80);
});
