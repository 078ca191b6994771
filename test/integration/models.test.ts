/** The registry commands and serving, on versions that real searches registered. */
import { once } from 'node:events';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Sandbox, sandbox, until } from '../support/cli.js';

const SMALL_GRID = fileURLToPath(new URL('../fixtures/small-grid.yaml', import.meta.url));
let box: Sandbox;

beforeAll(async () => {
  box = sandbox();
  // One configuration each; the second one trains too little to beat the first.
  for (const [name, epochs] of [
    ['good', 6],
    ['poor', 1],
  ] as const) {
    const file = join(box.home, `${name}.yaml`);
    cpSync(SMALL_GRID, file);
    const text = readFileSync(file, 'utf8')
      .replace('units: [4, 8]', 'units: 8')
      .replace('learning_rate: [0.003, 0.01]', `learning_rate: ${name === 'good' ? 0.01 : 0.0001}`)
      .replace('dropout: [0, 0.3]', 'dropout: 0')
      .replace('epochs: 3', `epochs: ${epochs}`);
    writeFileSync(file, text);
    const end = await box.run('run', file, '--json');
    expect(end.code, end.stderr).toBe(0);
  }
}, 120_000);
afterAll(() => box.dispose());

const json = async (...args: string[]) => {
  const end = await box.run(...args, '--json');
  expect(end.code, end.stderr).toBe(0);
  return JSON.parse(end.stdout);
};

describe('models', () => {
  test('lists, compares, promotes and rolls back; each change leaves a tag and its time', async () => {
    const listed = (await json('models', 'small-grid')) as { version: string; aliases: string[] }[];
    expect(listed.map(({ version, aliases }) => [version, aliases])).toEqual([
      ['2', ['challenger']],
      ['1', ['champion']],
    ]);
    const compared = await json('models', 'compare', 'small-grid', 'champion', 'challenger');
    expect(compared.sameTestRows).toBe(true);
    expect(compared.differences.map(({ field }: { field: string }) => field)).toEqual(
      expect.arrayContaining(['epochs', 'learning_rate', 'test_f1_macro']),
    );
    expect(await json('models', 'promote', 'small-grid', 'challenger')).toEqual({
      name: 'small-grid',
      champion: '2',
      previous: '1',
    });
    expect(await json('models', 'rollback', 'small-grid')).toEqual({
      name: 'small-grid',
      champion: '1',
      previous: '2',
    });
    const refused = await box.run('models', 'rollback', 'small-grid');
    expect(refused.stderr).toContain('took the alias from no other version');
    expect(refused.code).toBe(2);
    const [second] = (await json('models', 'small-grid')) as { tags: Record<string, string> }[];
    expect(Date.parse(second!.tags['gridsearch.promoted_at']!)).toBeGreaterThan(0);
    expect(Date.parse(second!.tags['gridsearch.rolled_back_at']!)).toBeGreaterThan(0);
  });

  test.each([
    [['models', 'nobody'], 'no registered model "nobody"; there are small-grid'],
    [['models', 'promote', 'small-grid', '9'], 'has no version "9"'],
    [['models', 'promote', 'small-grid', 'champion'], 'is the champion already'],
    [['predict', 'small-grid@nobody', 'x'], 'has no version "nobody"'],
    [['show', 'nothing'], 'no search "nothing" here'],
  ])('%j says what is wrong, exit code 2', async (args, message) => {
    const end = await box.run(...args);
    expect(end.stderr).toContain(message);
    expect(end.code).toBe(2);
  });
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
  const score = async (): Promise<unknown> => {
    const answer = await fetch(`${uri}/invocations`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        dataframe_split: { columns: ['text'], data: [['great phone'], ['terrible food']] },
      }),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const before = JSON.stringify(await score());
  await json('models', 'promote', 'small-grid', '2');
  await until('the new champion answers', async () => JSON.stringify(await score()) !== before);
  served.child.kill('SIGTERM');
  expect((await served.ended).code).toBe(0);
});
