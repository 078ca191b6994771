/** The committed command, as npm and npx link to it: before and after set-up in a checkout, and in an installed package. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'gs-bin-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const environment = (env: Record<string, string> = {}): NodeJS.ProcessEnv => {
  const ours = /^(REDIS_URL|MLFLOW_|GRIDSEARCH_|npm_)/i;
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return { ...Object.fromEntries(inherited), ...env };
};

/** Every dependency, in a folder of its own, so that what is written beside them stays here. */
function linkDependencies(to: string): void {
  mkdirSync(to);
  const from = join(root, 'node_modules');
  for (const name of readdirSync(from))
    if (!name.startsWith('.')) symlinkSync(join(from, name), join(to, name));
}

describe('in a checkout', () => {
  let checkout: string;
  const call = (command: string, args: string[], cwd = checkout) =>
    spawnSync(command, args, {
      cwd,
      encoding: 'utf8',
      timeout: 20_000,
      env: environment({
        npm_config_cache: join(folder, 'npm-cache'),
        GRIDSEARCH_HOME: join(folder, 'home'),
      }),
    });
  const bin = (...args: string[]) => call(join(checkout, 'bin', 'gridsearch.mjs'), args);
  const setUp = () => {
    linkDependencies(join(checkout, 'node_modules'));
    cpSync(join(root, 'dist'), join(checkout, 'dist'), { recursive: true });
  };

  beforeEach(() => {
    checkout = mkdtempSync(join(folder, 'checkout-'));
    for (const name of ['bin', 'setup', 'package.json', 'tsconfig.build.json']) {
      cpSync(join(root, name), join(checkout, name), { recursive: true });
    }
  });

  test('before set-up it tells its version, and every command says in one line what to run', () => {
    expect(bin('--version')).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' });
    const line = 'not set up yet: run `npm ci && npm run setup`';
    expect(bin('status')).toMatchObject({ status: 1, stdout: '', stderr: `${line}\n` });
    expect(call(join(checkout, 'bin', 'gridsearch.mjs'), ['status'], folder).stderr).toBe(
      `${line} in ${checkout}\n`,
    );
    expect(bin('--help').stdout).toContain(`${line}; then --help lists the commands.`);
    linkDependencies(join(checkout, 'node_modules'));
    expect(bin('status')).toMatchObject({ status: 1, stderr: 'not set up yet: run `npm run setup`\n' });
  });

  test('the link that npx keeps from before set-up works then, and goes on working afterwards', () => {
    expect(call('npx', ['gridsearch', '--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(call('npx', ['gridsearch', 'status'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('not set up yet'),
    });
    setUp();
    expect(call('npx', ['gridsearch', '--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(call('npx', ['gridsearch', '--help']).stdout).toContain('worker [options]');
    const elsewhere = mkdtempSync(join(folder, 'elsewhere-'));
    expect(call('npx', ['--yes', checkout, '--version'], elsewhere)).toMatchObject({
      status: 0,
      stdout: `${version}\n`,
    });
  });

  test('whose dependencies were removed, it asks for them rather than print a stack', () => {
    setUp();
    rmSync(join(checkout, 'node_modules'), { recursive: true });
    expect(bin('status')).toMatchObject({
      status: 1,
      stderr: 'not set up yet: run `npm ci && npm run setup`\n',
    });
  });

  test('a command that can’t be loaded ends, although processes were started ahead of it', () => {
    setUp();
    rmSync(join(checkout, 'node_modules', '@photostructure'), { recursive: true });
    const ended = bin('run', 'search.yaml', '--workers', '8');
    expect(ended).toMatchObject({ status: 1, signal: null });
    expect(ended.stderr).toContain('@photostructure/sqlite');
  }, 30_000);
});

describe('in an installed package', () => {
  let installed: string;
  let programs: string;
  beforeEach(() => {
    installed = mkdtempSync(join(folder, 'package-'));
    for (const name of ['bin', 'dist', 'setup', 'package.json']) {
      cpSync(join(root, name), join(installed, name), { recursive: true });
    }
    linkDependencies(join(installed, 'node_modules'));
    programs = mkdtempSync(join(folder, 'programs-'));
    writeFileSync(join(programs, 'npm'), '#!/bin/sh\necho "npm error: no such host" >&2; exit 1\n');
    chmodSync(join(programs, 'npm'), 0o755);
  });
  const call = (args: string[], env: Record<string, string> = {}) =>
    spawnSync(process.execPath, [join(installed, 'bin', 'gridsearch.mjs'), ...args], {
      cwd: installed,
      encoding: 'utf8',
      env: environment({
        PATH: `${programs}:${process.env.PATH}`,
        XDG_CACHE_HOME: join(installed, 'cache'),
        GRIDSEARCH_HOME: join(installed, 'home'),
        ...env,
      }),
    });

  test('the first use sets up what the command needs and says so; what can not be had is not tried again', () => {
    const first = call(['serve', 'no-such-model']);
    expect(first.status).toBe(2);
    expect(first.stderr).toMatch(/^First use here: getting what `gridsearch serve` needs/);
    expect(first.stderr).toContain('npm could not fetch @tensorflow/tfjs-node: ');
    expect(first.stderr).toContain('npm error: no such host');
    expect(first.stderr).toContain('no-such-model');
    const second = call(['serve', 'no-such-model']);
    expect(second.status).toBe(2);
    expect(second.stderr).not.toMatch(/First use|setup/);
  });

  test('nothing is set up for help, for a file that is not there, for another engine or where nothing can be written', () => {
    expect(call(['serve', '--help']).stderr).toBe('');
    expect(call(['run', 'no-such-file.yaml'])).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^no-such-file\.yaml/),
    });
    expect(call(['serve', 'no-such-model'], { GRIDSEARCH_ENGINE: 'wasm' }).stderr).not.toContain('First use');
    writeFileSync(join(installed, 'node_modules', '.cache'), 'a file where a folder would be');
    const readOnly = call(['serve', 'no-such-model'], { XDG_CACHE_HOME: join(installed, 'package.json') });
    expect(readOnly.stderr).not.toContain('First use');
    expect(readOnly.stderr).toContain('no-such-model');
  });

  test('`gridsearch setup` is the set-up, without the step that compiles', () => {
    const help = call(['setup', '--help']);
    expect(help.stdout).toContain('Usage: npx gridsearch setup [options]');
    expect(call(['setup', '--only', 'build']).stderr).toContain(
      "no step is called 'build'; there are redis, engine",
    );
  });

  test('packed without its compiled code, it says so', () => {
    rmSync(join(installed, 'dist'), { recursive: true });
    expect(call(['--version'])).toMatchObject({ status: 0, stdout: `${version}\n` });
    expect(call(['status'])).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/^this package holds no compiled code/),
    });
  });
});
