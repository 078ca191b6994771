/** The help of every command, as a person asks for it. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/orchestrator/cli/main.js', import.meta.url));

async function helpOf(command: readonly string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [MAIN, ...command, '--help'])).stdout;
}

/** The help of a command and of all beneath it, by name. */
async function allHelp(command: readonly string[] = []): Promise<[name: string, help: string][]> {
  const help = await helpOf(command);
  const list = /^Commands:\n((?: {2}.*\n)+)/m.exec(help)?.[1] ?? '';
  const names = [...list.matchAll(/^ {2}([a-z]+)/gm)]
    .map(([, name]) => name!)
    .filter((name) => name !== 'help');
  const below: [string, string][] = [];
  for (const name of names) below.push(...(await allHelp([...command, name])));
  return [[['gridsearch', ...command].join(' '), help], ...below];
}

test('every command shows an example and --json', async () => {
  const all = await allHelp();
  expect(all.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'gridsearch',
      'gridsearch run',
      'gridsearch models',
      'gridsearch models rollback',
    ]),
  );
  for (const [name, help] of all) {
    expect
      .soft(help, name)
      .toMatch(new RegExp(`\\$ npx ${name === 'gridsearch models list' ? 'gridsearch models' : name}\\b`));
    expect.soft(help, name).toContain('--json');
  }
}, 60_000);
