/** `plan`, with probes in real child processes: what it tells, how it ends, and that nothing comes of it. */
import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { openProber } from '../../worker/index.js';
import { test } from '../support/test.js';
import { until } from '../support/until.js';

const ENTRY = fileURLToPath(new URL('../../dist/bundle/probe-entry.js', import.meta.url));

const SMALL = `name: small
dataset: { source: uci-sentiment, limit: 120 }
models:
  simple: { embedding_dim: [4, 64], learning_rate: [0.01, 0.1] }
  tfidf: {}
training: { epochs: 4 }
`;

test('a plan has configurations, folds, time and memory, and leaves nothing behind', async ({ box }) => {
  const space = join(box.home, 'small.yaml');
  writeFileSync(space, SMALL);
  const plan = await box.json<DocumentOf<'plan'>>('plan', space, '--workers', '2');
  expect(plan).toMatchObject({
    name: 'small',
    configurations: { total: 5, removed: null },
    folds: { perConfiguration: 3, total: 15, held: null },
    rows: { development: 96, train: 64, test: 24 },
    workers: { count: 2, from: 'option' },
    atLeast: false,
    kinds: [
      { model: 'simple', configurations: 4, probes: [{ rows: 64 }, { rows: 64 }] },
      { model: 'tfidf', configurations: 1, probes: [{ rows: 64 }] },
    ],
  });
  const [simple] = plan.kinds;
  expect(simple!.probes.map(({ parameters }) => parameters.embedding_dim)).toEqual([4, 64]);
  for (const { probes, seconds } of plan.kinds) {
    for (const { foldSeconds, stopped, failure } of probes) {
      expect(foldSeconds).toBeGreaterThan(0);
      expect({ stopped, failure }).toEqual({ stopped: false, failure: null });
    }
    expect(seconds).toBeGreaterThan(0);
  }
  expect(plan.seconds).toBeGreaterThan(plan.kinds[0]!.seconds! / 2);
  // A Node process with an engine, and not a byte for kilobytes.
  expect(plan.memory!.process).toBeGreaterThan(50 * 2 ** 20);
  expect(plan.memory!.process).toBeLessThan(8 * 2 ** 30);
  expect(plan.warnings).toContainEqual(expect.stringMatching(/the test set has 24 rows, under 50/));
  // No Redis, no tracking.
  expect(readdirSync(box.home).filter((name) => !['cache', 'small.yaml'].includes(name))).toEqual([]);
}, 60_000);

test('what an earlier search trained is not tried again, and told in the first line of the next', async ({
  box,
}) => {
  const space = join(box.home, 'small.yaml');
  writeFileSync(space, SMALL);
  const first = await box.run('run', space, '--json');
  expect(first.stderr).toContain(
    `5 configurations × 3 folds = 15 folds; how long: npx gridsearch plan ${space}\n`,
  );
  const { searchId, engine } = JSON.parse(first.stdout) as DocumentOf<'run'>;
  // Another file over the same data: its configurations lie between those that were trained.
  writeFileSync(
    space,
    SMALL.replace('[4, 64]', '[16, 32]').replace('name: small', 'name: other\nbudget: { max_duration: 1h }'),
  );
  const planning = await box.run('plan', space, '--json', '--workers', '1');
  expect(planning.stderr).not.toContain('trying');
  const plan = JSON.parse(planning.stdout) as DocumentOf<'plan'>;
  expect(plan).toMatchObject({ engine, atMost: null, workers: { count: 1 } });
  expect(plan.kinds.map(({ model, probes, earlier }) => [model, probes, earlier?.searches])).toEqual([
    ['simple', [], [searchId]],
    ['tfidf', [], [searchId]],
  ]);
  for (const { seconds, earlier } of plan.kinds) {
    expect(seconds).toBeGreaterThan(0);
    expect(earlier!.folds).toBeGreaterThan(1);
  }
  expect(plan.seconds).toBeGreaterThan(1);
  expect(plan.memory!.process).toBeGreaterThan(50 * 2 ** 20);
  const submitted = await box.run('submit', space);
  expect(submitted.stderr).toMatch(
    new RegExp(
      `^5 configurations × 3 folds = 15 folds, 3 of them held by earlier searches; about .* on \\d+ workers?, .*B of memory, reckoned from ${searchId}$`,
      'm',
    ),
  );
  // A kind that no search has trained is tried, and that alone.
  writeFileSync(space, SMALL.replace('tfidf: {}', 'lstm: { units: 4 }'));
  const mixed = await box.run('plan', space, '--json');
  expect(mixed.stderr).toContain('trying lstm');
  expect(mixed.stderr).not.toContain('trying simple');
}, 120_000);

test('Ctrl-C ends probes, too, and a wrong file is told with exit code 2', async ({ box }) => {
  const space = join(box.home, 'slow.yaml');
  writeFileSync(space, SMALL.replace(', limit: 120', '').replace('epochs: 4', 'epochs: 9000'));
  const planning = box.start('plan', space, '--json');
  await until('it tries a kind', () => planning.stderr().includes('trying simple'));
  planning.child.kill('SIGINT');
  const { code, stdout } = await planning.ended;
  expect(code).toBe(130);
  expect(JSON.parse(stdout)).toEqual({ error: { code: 'stopped', message: 'Stopped; nothing was queued.' } });
  const wrong = await box.run('plan', join(box.home, 'none.yaml'));
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toMatch(/none\.yaml: no such file; /);
}, 60_000);

test('workers at the queue are reckoned with, each with its folds at a time', async ({ box }) => {
  const space = join(box.home, 'small.yaml');
  writeFileSync(space, SMALL);
  await box.worker(3);
  const { stdout } = await box.run('plan', space);
  expect(stdout).toMatch(/^Time: about \d+ s on 3 workers \(at the queue now\), engine /m);
  expect(stdout).toMatch(/^small: 5 configurations × 3 folds = 15 folds, then a refit of the winner\.$/m);
}, 60_000);

test('a probe whose time is up is stopped, says what it knows, and the next one starts anew', async ({
  folder,
}) => {
  const rows = {
    texts: Array.from({ length: 400 }, (_, row) => `good or bad ${row}`),
    labels: Array.from({ length: 400 }, (_, row) => row % 2),
  };
  const request = {
    model: 'simple',
    parameters: { epochs: 2 },
    classes: ['a', 'b'],
    train: rows,
    validation: rows,
  };
  const stop = new AbortController();
  const borrowed = () => readdirSync(tmpdir()).filter((name) => name.startsWith('gridsearch-probe-'));
  const before = new Set(borrowed());
  const prober = await openProber({ cacheDir: folder, signal: stop.signal, entry: ENTRY });
  try {
    expect(await prober.probe(request, 0.001)).toEqual({ kind: 'stopped', seconds: 0.001 });
    const told = await prober.probe({ ...request, parameters: await parametersOf('simple') }, 30);
    expect(told).toMatchObject({ kind: 'measured', stopped: false, measure: { rows: 400 } });
    expect(await prober.probe({ ...request, model: 'none' }, 30)).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('No model kind "none"'),
    });
    stop.abort(new Error('enough'));
    await expect(prober.probe(request, 30)).rejects.toThrow('enough');
  } finally {
    await prober.close();
  }
  expect(borrowed().filter((name) => !before.has(name))).toEqual([]);
  expect(existsSync(folder)).toBe(true);
}, 60_000);

async function parametersOf(kind: string): Promise<Record<string, string | number | boolean>> {
  const { modelParameters } = await import('../../learning/models/index.js');
  return modelParameters(kind).parse({ epochs: 2 }) as Record<string, string | number | boolean>;
}
