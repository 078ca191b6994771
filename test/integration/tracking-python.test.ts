/** The real Python client, the same scenario against the embedded server and against a real MLflow server. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DIFFERENCES } from '../../tracking/proof/differences.js';
import { mlflowEnvironment, QUIET, startRealServer, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { startTrackingServer } from '../../tracking/server/index.js';
import { trackingContract } from './tracking-contract.js';

const run = promisify(execFile);
const environment = mlflowEnvironment();

interface Answer {
  step: string;
  [field: string]: unknown;
}

describe.skipIf(!environment)(`Python's MlflowClient${environment ? '' : ` (${WHY_SKIPPED})`}`, () => {
  let folder: string;
  let ours: Answer[];
  let theirs: Answer[];

  const answers = async (uri: string, name: string): Promise<Answer[]> => {
    const output = join(folder, `${name}.json`);
    const scenario = resolve('tracking/proof/scenario.py');
    // From the folder, so that no git checkout colours the tags.
    await run(environment!.python, [scenario, uri, output], {
      cwd: folder,
      env: { ...process.env, ...QUIET },
      maxBuffer: 1 << 26,
    });
    return JSON.parse(await readFile(output, 'utf8')) as Answer[];
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tracking-python-'));
    const embedded = await startTrackingServer({ dataDir: join(folder, 'ours') });
    const real = await startRealServer(environment!.mlflow, folder);
    try {
      [ours, theirs] = await Promise.all([
        answers(embedded.uri, 'ours-answers'),
        answers(real.uri, 'theirs-answers'),
      ]);
    } finally {
      await Promise.all([embedded.close(), real.close()]);
    }
  }, 300_000);
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('goes through every step on both servers', () => {
    expect(ours.length).toBeGreaterThan(200);
    expect(ours.map(({ step }) => step)).toEqual(theirs.map(({ step }) => step));
  });

  it('gets the same answers, but for the differences that are listed with their reason', () => {
    const different = ours.filter(
      (answer, index) => JSON.stringify(answer) !== JSON.stringify(theirs[index]),
    );
    const unlisted = different.filter(({ step }) => !DIFFERENCES.has(step));
    const pairs = unlisted.map((answer) => ({
      ours: answer,
      theirs: theirs.find(({ step }) => step === answer.step),
    }));
    expect(pairs).toEqual([]);
  });

  it('lists no difference that is gone', () => {
    const different = new Set(
      ours
        .filter((answer, index) => JSON.stringify(answer) !== JSON.stringify(theirs[index]))
        .map(({ step }) => step),
    );
    expect([...DIFFERENCES.keys()].filter((step) => !different.has(step))).toEqual([]);
  });
});

describe.skipIf(!environment)(`a real MLflow server${environment ? '' : ` (${WHY_SKIPPED})`}`, () => {
  trackingContract('real MLflow server', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'tracking-real-'));
    const server = await startRealServer(environment!.mlflow, folder);
    return {
      uri: server.uri,
      close: async () => {
        await server.close();
        await rm(folder, { recursive: true, force: true });
      },
    };
  });
});
