/** The registry commands and serving, on versions that real searches registered. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DocumentOf } from '../../orchestrator/cli/documents/index.js';
import { type Sandbox, sandbox } from '../support/cli.js';
import { SMALL_GRID } from '../support/spaces.js';
import { until } from '../support/until.js';

let box: Sandbox;

beforeAll(async () => {
  box = sandbox();
  // One configuration each; the second one trains too little to beat the first.
  for (const [name, learningRate, epochs] of [
    ['good', 0.01, 6],
    ['poor', 0.0001, 1],
  ]) {
    const file = join(box.home, `${name}.yaml`);
    const text = readFileSync(SMALL_GRID, 'utf8')
      .replace('units: [4, 8]', 'units: 8')
      .replace('learning_rate: [0.003, 0.01]', `learning_rate: ${learningRate}`)
      .replace('dropout: [0, 0.3]', 'dropout: 0')
      .replace('epochs: 3', `epochs: ${epochs}`);
    writeFileSync(file, text);
    expect(await box.json('run', file)).toMatchObject({ trials: { total: 1, finished: 1 } });
  }
}, 120_000);
afterAll(() => box.dispose());

interface Version {
  readonly version: string;
  readonly aliases: string[];
  readonly verdict: string;
  readonly tags: Record<string, string>;
}

describe('models', () => {
  // Nine commands, of which each takes seconds on a busy machine.
  test('lists, compares, promotes and rolls back; each change leaves a tag and its time', async () => {
    const started = Date.now();
    const listed = await box.json<Version[]>('models', 'small-grid');
    expect(listed.map(({ verdict }) => verdict)).toEqual([
      expect.stringMatching(/^f1_macro 0\.\d+ < 0\.\d+ of version 1$/),
      'the first version',
    ]);
    expect((await box.run('models', 'small-grid')).stdout).toContain(listed[0]!.verdict);
    expect(listed.map(({ version, aliases }) => [version, aliases])).toEqual([
      ['2', ['challenger']],
      ['1', ['champion']],
    ]);
    const compared = await box.json<DocumentOf<'models-compare'>>(
      'models',
      'compare',
      'small-grid',
      'champion',
      'challenger',
    );
    expect(compared.sameTestRows).toBe(true);
    const { rows, bothRight, onlyFirst, onlySecond, differing } = compared.testRows!;
    expect(rows).toBeGreaterThan(0);
    expect(bothRight + onlyFirst + onlySecond).toBeLessThanOrEqual(rows);
    // Of two classes, whoever differs is right alone.
    expect(differing).toHaveLength(onlyFirst + onlySecond);
    for (const { label, said, probabilities, right } of differing) {
      expect(right).toEqual(said.map((one) => one === label));
      for (const probability of probabilities) expect(probability).toBeGreaterThanOrEqual(0.5);
    }
    const text = (await box.run('models', 'compare', 'small-grid', '1', '2')).stdout;
    expect(text).toContain(
      `They agree on ${rows - differing.length} of ${rows} common test rows: only version 1 is right on ${onlyFirst}`,
    );
    expect(text).toMatch(/^row +label +version 1 +version 2 +right +text$/m);
    expect(text).toMatch(
      /^\d+ +(negative|positive) +(negative|positive) 0\.\d{4} +(negative|positive) 0\.\d{4} +version [12] +\S/m,
    );
    if (differing.length > 20) expect(text).toContain(`… and ${differing.length - 20} more; --json has all`);
    expect(await box.json('models', 'compare', 'small-grid/1', 'small-grid@challenger')).toEqual(compared);
    const fields = compared.differences.map(({ field }) => field);
    expect(fields).toEqual(expect.arrayContaining(['epochs', 'learning_rate', 'test_f1_macro']));
    expect(fields).not.toContain('units');
    expect(await box.json('models', 'promote', 'small-grid', 'challenger')).toEqual({
      name: 'small-grid',
      champion: '2',
      previous: '1',
    });
    expect(await box.json('models', 'rollback', 'small-grid')).toEqual({
      name: 'small-grid',
      champion: '1',
      previous: '2',
    });
    const refused = await box.run('models', 'rollback', 'small-grid');
    expect(refused.stderr).toContain('took the alias from no other version');
    expect(refused.code).toBe(2);
    const after = await box.json<Version[]>('models', 'small-grid');
    expect(after.map(({ aliases }) => aliases)).toEqual([['challenger'], ['champion']]);
    const [second] = await box.json<Version[]>('models', 'small-grid');
    const promoted = Date.parse(second!.tags['gridsearch.promoted_at']!);
    expect(promoted).toBeGreaterThanOrEqual(started);
    expect(Date.parse(second!.tags['gridsearch.rolled_back_at']!)).toBeGreaterThan(promoted);
  }, 180_000);

  test.each([
    [['models', 'nobody'], 'no registered model "nobody"; there are small-grid'],
    [['models', 'promote', 'small-grid', '9'], 'has no version "9"'],
    [['models', 'promote', 'small-grid', 'champion'], 'is the champion already'],
    [['predict', 'small-grid@nobody', 'x'], 'has no version "nobody"'],
    [['models', 'compare', 'small-grid', '1'], '"small-grid" names no version; write NAME and two versions'],
    [['models', 'compare', 'small-grid/1', 'nobody/1'], 'no registered model "nobody"'],
    [['show', 'nothing'], 'no search "nothing" here'],
    [
      ['models', 'roll', 'back', 'small-grid'],
      'models has no command "roll back"; did you mean rollback? It has',
    ],
    [['models', 'promot', 'small-grid', '2'], 'did you mean promote?'],
    [['run', SMALL_GRID, '--workers', '-1'], '--workers is -1; give a whole number from 1 to 1024, or auto'],
    [['resume', '--workers', '0'], '--workers is 0; give a whole number from 1'],
  ])('%j says what is wrong in one line, exit code 2', async (args, message) => {
    const end = await box.run(...args);
    expect(end.stderr).toContain(message);
    expect(end.stderr).toMatch(/^[^\n]+\n$/);
    expect(end.code).toBe(2);
  });
});

describe('predict with several models', () => {
  const TEXTS = ['great phone', '=never again'];
  let document: DocumentOf<'predict-several'>;
  let disputed: string[];
  beforeAll(async () => {
    const { testRows } = await box.json<DocumentOf<'models-compare'>>(
      ...['models', 'compare', 'small-grid', '1', '2'],
    );
    // One of which it is known that they disagree, and as what.
    const { text, said } = testRows!.differing[0]!;
    TEXTS.push(text!.replaceAll('\t', ' '));
    disputed = said;
    document = await box.json('predict', 'small-grid@champion', 'small-grid/2', ...TEXTS);
  }, 120_000);

  test('says what each version says alone, and where they disagree', async () => {
    expect(document.models).toEqual(
      ['1', '2'].map((version) => ({ model: 'small-grid', version, classes: ['negative', 'positive'] })),
    );
    expect(document.sameClasses).toBe(true);
    for (const [i, { version }] of document.models.entries()) {
      const alone = await box.json<DocumentOf<'predict'>>('predict', `small-grid/${version}`, ...TEXTS);
      expect(
        document.texts.map(({ text, predictions }) => ({ text, ...predictions[i] })),
        version,
      ).toEqual(alone.predictions);
    }
    const agree = document.texts.map(({ predictions }) => predictions[0]!.label === predictions[1]!.label);
    expect(document.texts.map((one) => one.agree)).toEqual(agree);
    expect(document.disagreements).toBe(agree.filter((one) => !one).length);
    expect(document.texts[2]!.predictions.map(({ label }) => label)).toEqual(disputed);

    const { stdout, stderr } = await box.run('predict', 'small-grid/1', 'small-grid@challenger', ...TEXTS);
    expect(stderr).toBe('');
    const [head, ...lines] = stdout.trimEnd().split('\n');
    expect(head).toMatch(/^ +small-grid\/1 +small-grid\/2 +text$/);
    expect(lines.slice(0, 3).map((line) => line.startsWith('≠'))).toEqual(agree.map((one) => !one));
    expect(lines[0]).toMatch(/(negative|positive) 0\.\d{4} +(negative|positive) 0\.\d{4} +great phone$/);
    expect(lines.at(-1)).toBe(`They differ on ${document.disagreements} of 3 texts (≠).`);
  }, 120_000);

  test('reads a column of a file, and writes CSV without formulas', async () => {
    const file = join(box.home, 'texts.tsv');
    const cells = TEXTS.map((text) => `"${text.replaceAll('"', '""')}"`);
    writeFileSync(file, ['id\treview', ...cells.map((cell, i) => `${i}\t${cell}`)].join('\n'));
    const from = ['--file', file, '--column', 'review'];
    expect(await box.json('predict', 'small-grid/1', 'small-grid/2', ...from)).toEqual(document);
    const { stdout } = await box.run('predict', 'small-grid/1', 'small-grid/2', ...from, '--csv');
    const rows: Record<string, string>[] = parse(stdout, { columns: true });
    expect(rows.map(({ text, agree }) => [text, agree])).toEqual(
      document.texts.map(({ text, agree }) => [text.replace(/^=/, "'="), String(agree)]),
    );
    expect(rows.map((row) => row['small-grid/2 label'])).toEqual(
      document.texts.map(({ predictions }) => predictions[1]!.label),
    );
    const { stdout: alone } = await box.run('predict', 'small-grid', ...from, '--csv');
    expect(alone.split('\n')[0]).toBe('text,label,probability_negative,probability_positive');
  }, 120_000);

  test('a text that looks like a model goes behind --', async () => {
    const end = await box.run('predict', 'small-grid', '--json', '--', 'small-grid/2');
    expect(JSON.parse(end.stdout)).toMatchObject({ version: '1', predictions: [{ text: 'small-grid/2' }] });
    const guessed = await box.run('predict', 'small-grid', 'small-grd/2', '--json');
    expect(JSON.parse(guessed.stdout)).toMatchObject({ predictions: [{ text: 'small-grd/2' }] });
    expect(guessed.stderr).toContain('note: small-grd/2 is taken for a text');
  });

  test('refuses what can’t stand side by side, in one line', async () => {
    const rows = Array.from({ length: 60 }, (_, i) =>
      i % 2 ? `crash error ${i},bug` : `invoice refund ${i},billing`,
    );
    writeFileSync(join(box.home, 'topics.csv'), `text,label\n${rows.join('\n')}\n`);
    const space = join(box.home, 'topics.yaml');
    writeFileSync(
      space,
      [
        'name: topics',
        'dataset: { file: topics.csv, columns: { text: text, label: label }, test_size: 0.2 }',
        'cross_validation: { strategy: hold_out, validation_size: 0.25 }',
        'models: { simple: { embedding_dim: 4, learning_rate: 0.1 } }',
        'training: { epochs: 1 }',
      ].join('\n'),
    );
    const ran = await box.run('run', space);
    expect(ran.code, ran.stderr).toBe(0);
    for (const [args, message] of [
      [
        ['small-grid', 'topics/1', 'x'],
        'small-grid version 1 (negative, positive) and topics version 1 (billing, bug) have no class in common',
      ],
      [['small-grid', 'small-grid/1', 'x'], 'small-grid version 1 is given twice'],
      [['small-grid', 'small-grid/9', 'x'], 'has no version "9"'],
      [['small-grid', 'small-grid/2'], 'there is no text'],
      [['small-grid', 'nobody', '--', 'x'], '"nobody" names no registered model, and stands before --'],
      [['small-grid', 'x', '--csv', '--json'], "cannot be used with option '--json'"],
    ] as const) {
      const end = await box.run('predict', ...args);
      expect(end, args.join(' ')).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    }
    const compared = await box.run('models', 'compare', 'small-grid/1', 'topics/1');
    expect(compared.stdout).toContain('Row by row they can’t be compared: they have no test rows in common.');
  }, 120_000);
});

test('compare tells in a line why there are no rows to compare', async () => {
  const up = await box.up();
  const version = await up.client.getModelVersion('small-grid', '2');
  const run = await up.client.getRun(version.runId!);
  const path = 'evaluation/predictions.csv';
  const kept = await up.client.downloadArtifact(run, path);
  try {
    await up.client.uploadArtifact(run, path, Buffer.from('row,text\n1,x\n'));
    const end = await box.run('models', 'compare', 'small-grid', '1', '2');
    expect(end).toMatchObject({ code: 0, stderr: '' });
    expect(end.stdout.trimEnd().split('\n').at(-1)).toBe(
      `Row by row they can’t be compared: small-grid version 2 keeps a ${path} that is no table of test rows.`,
    );
    expect(await box.json('models', 'compare', 'small-grid', '1', '2')).toMatchObject({
      testRows: null,
      testRowsMissing: expect.stringContaining('is no table of test rows'),
    });
  } finally {
    await up.client.uploadArtifact(run, path, kept);
    up.child.kill('SIGTERM');
    await up.ended;
  }
});

test('serve answers under a name that it is told, and under no other', async () => {
  const served = box.start(
    'serve',
    'small-grid',
    '--port',
    '0',
    '--allowed-host',
    'models.example',
    '--json',
  );
  const { uri } = JSON.parse(await served.firstLine) as { uri: string };
  for (const [host, status] of [
    ['models.example', 200],
    ['others.example', 403],
  ] as const) {
    const asked = request(`${uri}/ping`, { headers: { host } }).end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    expect(answer.resume().statusCode, host).toBe(status);
  }
  served.child.kill('SIGTERM');
  expect((await served.ended).code).toBe(0);
});

test('serve answers MLflow’s scoring protocol and follows the alias', async () => {
  const served = box.start('serve', 'small-grid', '--port', '0', '--poll', '1', '--json');
  const { uri, version } = JSON.parse(await served.firstLine) as { uri: string; version: string };
  expect(version).toBe('1');
  const texts = ['great phone', 'terrible food'];
  const score = async () => {
    const answer = await fetch(`${uri}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ dataframe_split: { columns: ['text'], data: texts.map((text) => [text]) } }),
    });
    expect(answer.status).toBe(200);
    const { predictions } = (await answer.json()) as { predictions: Record<string, string | number>[] };
    return { by: answer.headers.get('x-model-version'), predictions };
  };
  const first = await score();
  expect(first).toEqual({
    by: '1',
    predictions: texts.map(() => ({
      label: expect.stringMatching(/^(negative|positive)$/),
      probability_negative: expect.any(Number),
      probability_positive: expect.any(Number),
    })),
  });
  await box.json('models', 'promote', 'small-grid', '2');
  const second = await until('the new champion answers', async () => {
    const answer = await score();
    return answer.by === '2' && answer;
  });
  expect(second.predictions).not.toEqual(first.predictions);
  served.child.kill('SIGTERM');
  expect((await served.ended).code).toBe(0);
});
