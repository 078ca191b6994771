/** The package on the real MLflow. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { loadPredictor } from '../../../learning/package/index.js';
import { tokenizerOf } from '../../../learning/text/index.js';
import { textsOf } from '../../../serving/body.js';
import { mlflowEnvironment, WHY_SKIPPED } from '../../../tracking/proof/real-server.js';
import { ARCHITECTURES, TEXTS, type TrainedPackage, trainedPackage } from './trained.js';

const environment = mlflowEnvironment();
const PROOF = fileURLToPath(new URL('../../../learning/package/proof/', import.meta.url));
const TEMPLATE = new URL('../../../learning/package/template/predict.mjs', import.meta.url).href;
const SCRIPTS = fileURLToPath(new URL('../../fixtures/scripts.jsonl', import.meta.url));
const names = Object.keys(ARCHITECTURES) as (keyof typeof ARCHITECTURES)[];
const run = promisify(execFile);

type Answer = { label: string } & Record<string, string | number>;

describe.skipIf(!environment)(`Python${environment ? '' : ` (${WHY_SKIPPED})`}`, () => {
  let packages: TrainedPackage[];
  let ours: Answer[][];
  beforeAll(async () => {
    packages = [];
    for (const name of names) packages.push(await trainedPackage(name));
    ours = [];
    for (const { dir, classes } of packages) {
      const predictor = await loadPredictor(dir);
      ours.push(
        predictor.predict(TEXTS).map(({ label, probabilities }) => ({
          label,
          ...Object.fromEntries(classes.map((name) => [`probability_${name}`, probabilities[name]!])),
        })),
      );
    }
  });
  afterAll(() => Promise.all((packages ?? []).map(({ dir }) => rm(dir, { recursive: true }))));

  function expectSame(theirs: readonly Answer[], own: readonly Answer[]) {
    expect(theirs).toHaveLength(own.length);
    theirs.forEach((answer, row) => {
      expect(Object.keys(answer)).toEqual(Object.keys(own[row]!));
      for (const [column, value] of Object.entries(own[row]!)) {
        if (typeof value === 'string') expect(answer[column]).toBe(value);
        else expect(Math.abs(Number(answer[column]) - value)).toBeLessThan(1e-4);
      }
    });
  }

  test('mlflow.pyfunc.load_model predicts the same, from all kinds of input, and its metadata are valid', async () => {
    const input = join(packages[0]!.dir, 'texts.json');
    await writeFile(input, JSON.stringify(TEXTS));
    const folders = packages.map(({ dir }) => dir);
    const { stdout } = await run(environment!.python, [join(PROOF, 'predict.py'), input, ...folders], {
      maxBuffer: 2 ** 26,
    });
    const answers: Answer[][] = JSON.parse(stdout);
    expect(answers).toHaveLength(packages.length);
    answers.forEach((theirs, index) => {
      expectSame(theirs, ours[index]!);
    });
  });

  test('tokenizes every character as we do', async () => {
    // Every code point alone between letters and as a capital's neighbour: normalization, case, categories.
    const { stdout } = await run(environment!.python, [join(PROOF, 'tokenize_all.py'), packages[0]!.dir], {
      maxBuffer: 2 ** 28,
    });
    const { assigned, tokens } = JSON.parse(stdout) as { assigned: number[]; tokens: string[][] };
    const different = assigned.filter(
      (code, index) =>
        JSON.stringify(
          tokenizerOf('words')(
            `a${String.fromCodePoint(code)}B${String.fromCodePoint(code)} '${String.fromCodePoint(code)}`,
          ),
        ) !== JSON.stringify(tokens[index]),
    );
    expect(assigned.length).toBeGreaterThan(140_000);
    expect(different.map((code) => code.toString(16))).toEqual([]);
  });

  test('takes 500 texts in 37 scripts apart as we do, and as predict.mjs does', async () => {
    const lines = (await readFile(SCRIPTS, 'utf8')).trim().split('\n');
    const rows = lines.map((line) => JSON.parse(line) as { script: string; text: string });
    expect(rows).toHaveLength(500);
    expect(new Set(rows.map(({ script }) => script)).size).toBeGreaterThan(20);
    const texts = rows.map(({ text }) => text);
    const input = join(packages[0]!.dir, 'texts.json');
    await writeFile(input, JSON.stringify(texts));
    const folders = [packages[0]!.dir, packages.at(-1)!.dir];
    const script = join(PROOF, 'tokenize_texts.py');
    const { stdout } = await run(environment!.python, [script, input, ...folders], { maxBuffer: 2 ** 26 });
    const ours = ['words', 'characters'].map((name) => texts.map(tokenizerOf(name)));
    expect(JSON.parse(stdout)).toEqual(ours);
    // In a process of its own: a second TensorFlow.js in this one has a lot to say.
    const program = `
      const { tokenize } = await import(${JSON.stringify(TEMPLATE)});
      const { readFileSync } = await import('node:fs');
      const json = (path) => JSON.parse(readFileSync(path, 'utf8'));
      const [texts, ...vocabularies] = process.argv.slice(1).map(json);
      const tokens = vocabularies.map(({ tokenizer }) => new RegExp(tokenizer.pattern, 'gu'));
      console.log(JSON.stringify(tokens.map((token) => texts.map((text) => tokenize(text, token)))));`;
    const files = [input, ...folders.map((folder) => join(folder, 'vocabulary.json'))];
    const node = await run(process.execPath, ['--input-type=module', '-e', program, ...files], {
      maxBuffer: 2 ** 26,
    });
    expect(JSON.parse(node.stdout)).toEqual(ours);
  });

  describe('mlflow models serve', () => {
    let server: ChildProcess;
    let uri: string;
    let output = '';
    beforeAll(async () => {
      const port = await freePort();
      uri = `http://127.0.0.1:${port}`;
      const options = [
        '-m',
        packages[3]!.dir,
        '--env-manager',
        'local',
        '--host',
        '127.0.0.1',
        '-p',
        String(port),
      ];
      server = spawn(environment!.mlflow, ['models', 'serve', ...options], {
        env: {
          ...process.env,
          PATH: `${dirname(environment!.mlflow)}:${process.env.PATH}`,
          MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT: '60',
        },
        detached: true,
      });
      for (const stream of [server.stdout!, server.stderr!]) {
        stream.on('data', (chunk: Buffer) => {
          output += chunk;
        });
      }
      await vi.waitFor(
        async () =>
          expect(
            await fetch(`${uri}/ping`).then(
              (response) => response.status,
              () => output,
            ),
          ).toBe(200),
        { timeout: 100_000, interval: 250 },
      );
    }, 120_000);
    afterAll(() => {
      // Its workers are children of children: the group was made for them.
      if (server?.pid) process.kill(-server.pid, 'SIGKILL');
    });

    test.each([
      ['dataframe_split', { dataframe_split: { columns: ['text'], data: TEXTS.map((text) => [text]) } }],
      ['dataframe_records', { dataframe_records: TEXTS.map((text) => ({ text })) }],
      ['instances', { instances: TEXTS.map((text) => ({ text })) }],
      ['instances of columns', { instances: { text: TEXTS } }],
      ['inputs', { inputs: { text: TEXTS } }],
      ['a list of inputs', { inputs: TEXTS }],
      ['a list of instances', { instances: TEXTS }],
    ])('answers %s as we do', async (_, body) => {
      const response = await fetch(`${uri}/invocations`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const answer = (await response.json()) as { predictions: Answer[] };
      expect(response.status, JSON.stringify(answer)).toBe(200);
      expectSame(answer.predictions, ours[3]!);
    });

    test('refuses rows without the column text, as we do', async () => {
      const body = JSON.stringify({ dataframe_records: [{ id: '42' }] });
      const headers = { 'content-type': 'application/json' };
      const response = await fetch(`${uri}/invocations`, { method: 'POST', headers, body });
      expect(response.status).toBe(400);
      expect(() => textsOf('application/json', Buffer.from(body))).toThrow(/no column "text"/);
    });
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
