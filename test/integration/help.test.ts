/** The help of every command, as a person asks for it. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, expect, test } from 'vitest';

const MAIN = fileURLToPath(new URL('../../dist/bundle/main.js', import.meta.url));

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

let all: [name: string, help: string][];
beforeAll(async () => {
  all = await allHelp();
}, 180_000);

test('no help is wider than 80 columns', async () => {
  const setup = fileURLToPath(new URL('../../setup/setup.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [setup, '--help']);
  const wide = [...all, ['setup', stdout] as const].flatMap(([name, help]) =>
    help.split('\n').flatMap((line) => (line.length > 80 ? `${name}: ${line}` : [])),
  );
  expect(wide).toEqual([]);
});

test('every command shows an example and --json', () => {
  expect(all.map(([name]) => name)).toEqual(
    expect.arrayContaining([
      'gridsearch',
      ...[
        'run',
        'plan',
        'resume',
        'submit',
        'extend',
        'retry',
        'worker',
        'workers',
        'up',
        'cancel',
        'stop',
        'pause',
        'priority',
        'watch',
        'status',
        'show',
        'review',
        'report',
        'export',
        'predict',
        'serve',
        'gc',
      ].map((name) => `gridsearch ${name}`),
      'gridsearch models',
      ...['list', 'compare', 'promote', 'rollback'].map((name) => `gridsearch models ${name}`),
      ...['list', 'drain'].map((name) => `gridsearch workers ${name}`),
    ]),
  );
  for (const [name, help] of all) {
    expect
      .soft(help, name)
      .toMatch(new RegExp(`\\$ npx ${name === 'gridsearch models list' ? 'gridsearch models' : name}\\b`));
    expect.soft(help, name).toContain('--json');
  }
});

/** The options of a help text: flags and default; the texts wrap. */
function optionsIn(help: string): { flags: string; usual: string | undefined }[] {
  const [, list = ''] = /^Options:\n((?: {2}.*\n)+)/m.exec(help) ?? [];
  return [...list.matchAll(/^ {2}(-\S.*?) {2,}(.*(?:\n {4,}.*)*)/gm)].map(([, flags, text]) => ({
    flags: flags!,
    usual: /\(default:\s+"?([^")]+)"?\)/.exec(text!)?.[1],
  }));
}

test('docs/commands.md has every command, with its options, their defaults and no others', () => {
  const page = readFileSync(new URL('../../docs/commands.md', import.meta.url), 'utf8');
  const sections = new Map(
    page.split(/^## /m).map((text) => [text.slice(0, text.indexOf('\n')), text] as const),
  );
  const known = new Map<string, Set<string>>();
  for (const [name, help] of all) {
    const [, top, below] = name.split(' ');
    if (top === undefined) continue;
    const section = sections.get(top);
    expect.soft(section, name).toBeDefined();
    if (below !== undefined) expect.soft(section, name).toContain(`\n### ${top} ${below}\n`);
    const rows = (section ?? '').split('\n').filter((line) => line.startsWith('| `-'));
    for (const { flags, usual } of optionsIn(help)) {
      if (flags === '-h, --help') continue;
      known.set(top, (known.get(top) ?? new Set()).add(flags));
      const row = rows.find((line) => line.startsWith(`| \`${flags}\``));
      expect.soft(row, `${name} ${flags}`).toBeDefined();
      if (usual !== undefined && usual !== 'false')
        expect.soft(row, `default of ${name} ${flags}`).toContain(` | \`${usual}\` `);
    }
  }
  for (const [top, section] of sections)
    for (const [, flags] of section.matchAll(/^\| `(-[^`]+)`/gm))
      expect.soft(known.get(top), `${top} ${flags}`).toContain(flags);
});
