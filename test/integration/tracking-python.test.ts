/** The real Python client, the same scenario against the embedded server and against a real MLflow server. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FIELDS, STEPS } from '../../tracking/proof/differences.js';
import { mlflowEnvironment, QUIET, WHY_SKIPPED } from '../../tracking/proof/real-server.js';
import { embeddedServer, realServer } from '../support/tracking.js';
import { trackingContract } from './tracking-contract.js';

const run = promisify(execFile);
const environment = mlflowEnvironment();

interface Answer {
  step: string;
  [field: string]: unknown;
}

/** The answer as text, without the fields that only MLflow has. */
const compared = (answer: Answer | undefined): string =>
  JSON.stringify(answer, (key, value: unknown) => (FIELDS.has(key) ? undefined : value));

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
    const embedded = await embeddedServer();
    const real = await realServer(environment!.mlflow);
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

  const different = () =>
    ours
      .map((answer, index) => ({ ours: answer, theirs: theirs[index] }))
      .filter((pair) => compared(pair.ours) !== compared(pair.theirs));

  it('gets the same answers, but for the steps that are listed with their reason', () => {
    expect(different().filter((pair) => !STEPS.has(pair.ours.step))).toEqual([]);
  });

  it('gets the answers that are listed where they differ', () => {
    const found = ours.filter(({ step }) => STEPS.has(step)).map(({ step, ...answer }) => [step, answer]);
    expect(new Map(found as [string, object][])).toEqual(
      new Map([...STEPS].map(([step, listed]) => [step, listed.ours])),
    );
  });

  it('lists no difference that is gone', () => {
    const steps = new Set(different().map((pair) => pair.ours.step));
    expect([...STEPS.keys()].filter((step) => !steps.has(step))).toEqual([]);
    const count = (answers: Answer[], field: string) => JSON.stringify(answers).split(`"${field}":`).length;
    for (const field of FIELDS.keys()) expect(count(ours, field), field).toBeLessThan(count(theirs, field));
  });
});

describe.skipIf(!environment)(`a real MLflow server${environment ? '' : ` (${WHY_SKIPPED})`}`, () => {
  trackingContract('real MLflow server', () => realServer(environment!.mlflow));
});
