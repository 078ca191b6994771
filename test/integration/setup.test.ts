import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';

const userCache = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'gridsearch');
const root = join(import.meta.dirname, '..', '..');
const setup = (args: string[], env: Record<string, string> = {}) => {
  const { REDIS_URL: _, ...inherited } = process.env;
  return spawnSync(process.execPath, [join(root, 'setup', 'setup.mjs'), ...args], {
    encoding: 'utf8',
    env: { ...inherited, ...env },
  });
};

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

describe('npm run setup', () => {
  let redis: ChildProcess | undefined;
  afterEach(async () => {
    if (redis && redis.exitCode === null) {
      redis.kill();
      await once(redis, 'exit');
    }
    redis = undefined;
  });

  test('on a machine that has all is quick and changes nothing', () => {
    setup([]); // whatever was missing is there now
    const again = setup(['--json']);
    const result = JSON.parse(again.stdout);
    expect(result).toMatchObject({ ok: true });
    // 0.1 s here; room for a machine that is busy with other tests.
    expect(result.seconds).toBeLessThan(3);
    const states = result.steps.map(({ step, state }: { step: string; state: string }) => `${step} ${state}`);
    expect(states.filter((line: string) => /done|missing|failed/.test(line))).toEqual([]);
    expect(states).toHaveLength(5);
  });

  test('with --json prints one document on standard output, progress on standard error', () => {
    const { stdout, stderr, status } = setup(['--check', '--only', 'build', '--json']);
    expect(stdout.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(stdout).steps.at(-1)).toMatchObject({ step: 'build', state: 'ready' });
    expect(stderr).toContain('setup  build');
    expect(status).toBe(0);
  });

  test('an unknown option or step is an error of the caller', () => {
    expect(setup(['--nope'])).toMatchObject({ status: 2, stdout: '' });
    const { status, stderr } = setup(['--only', 'reddis']);
    expect(status).toBe(2);
    expect(stderr).toContain("no step is called 'reddis'; there are redis, engine, build, kernel");
  });

  test('uses the Redis that REDIS_URL names, password included', async () => {
    const port = await freePort();
    // Set-up finds it off the PATH, too.
    const env = { ...process.env, PATH: `${process.env.PATH}:/usr/local/bin:/usr/bin` };
    redis = spawn(
      'redis-server',
      ['--port', `${port}`, '--requirepass', 'secret', '--save', '', '--bind', '127.0.0.1'],
      { env },
    );
    let output = '';
    redis.stdout?.on('data', (chunk) => {
      output += chunk;
    });
    await expect.poll(() => output, { timeout: 20_000 }).toContain('Ready to accept connections');

    const good = setup(['--only', 'redis'], { REDIS_URL: `redis://:secret@127.0.0.1:${port}/0` });
    expect(good).toMatchObject({ status: 0 });
    expect(good.stderr).toMatch(
      new RegExp(`redis://127\\.0\\.0\\.1:${port} answers \\(REDIS_URL\\), version \\d`),
    );
    const bad = setup(['--only', 'redis'], { REDIS_URL: `redis://127.0.0.1:${port}` });
    expect(bad).toMatchObject({ status: 2 });
    expect(bad.stderr).toContain('refuses: NOAUTH');
  });

  test('REDIS_URL that nobody answers is an error, not a reason to use another Redis', () => {
    const { status, stderr } = setup(['--only', 'redis'], { REDIS_URL: 'redis://127.0.0.1:1' });
    expect(status).toBe(2);
    expect(stderr).toContain("redis://127.0.0.1:1 can't be reached: ECONNREFUSED");
  });

  test('wasm is chosen without a try when asked for', () => {
    const { stdout } = setup(['--only', 'engine', '--json'], { GRIDSEARCH_ENGINE: 'wasm' });
    expect(JSON.parse(stdout).steps.at(-1)).toMatchObject({ engine: 'wasm', state: 'ready' });
  });

  test('a compiler that fails costs the kernels and nothing else, and is told of until --retry', () => {
    const cache = mkdtempSync(join(tmpdir(), 'gs-cache-'));
    try {
      // The home has Node-API's headers; what is compiled goes into a cache of its own.
      const home = readdirSync(userCache).find((name) => name.startsWith('tfjs-node-'))!;
      mkdirSync(join(cache, 'gridsearch'));
      symlinkSync(join(userCache, home), join(cache, 'gridsearch', home));
      const compiler = join(cache, 'cxx');
      const script = (body: string) =>
        writeFileSync(compiler, `#!/bin/sh\n[ "$1" = --version ] && echo cxx 1 && exit\n${body}\n`, {
          mode: 0o755,
        });
      const kernel = (...options: string[]) =>
        JSON.parse(
          setup(['--only', 'kernel', '--json', ...options], { XDG_CACHE_HOME: cache, CXX: compiler }).stdout,
        ).steps.at(-1);
      script('echo "error: out of luck" >&2; exit 1');
      expect(kernel()).toMatchObject({ state: 'fallback', detail: expect.stringContaining('out of luck') });
      script(`exec g++ "$@"`);
      expect(kernel()).toMatchObject({ state: 'fallback', detail: expect.stringContaining('--retry') });
      expect(kernel('--check')).toMatchObject({ state: 'fallback' });
      expect(kernel('--retry')).toMatchObject({ state: 'done', detail: expect.stringContaining('cxx 1') });
      expect(kernel()).toMatchObject({ state: 'ready' });
    } finally {
      rmSync(cache, { recursive: true, force: true });
    }
  });

  test('the wasm engine passes the proof the native one has to pass', async () => {
    const { proveWasm } = await import(new URL('../../setup/engine-proof.mjs', import.meta.url).href);
    await expect(proveWasm(root)).resolves.toBeDefined();
  });

  test('npm passes arguments after -- through', () => {
    const output = execFileSync('npm', ['run', '--silent', 'setup', '--', '--help'], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(output).toContain('--native');
  });
});
