import {
  chmodSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { TestModule } from 'vitest/node';
import { closingLine, tally } from '../closing-line.js';

/** The set-up is plain JavaScript, because it runs before TypeScript is there; so it is loaded by address. */
const load = (name: string) => import(new URL(`../../setup/${name}.mjs`, import.meta.url).href);

const root = join(import.meta.dirname, '..', '..');
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'setup-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('Node', () => {
  test('20.19 and newer will do, older gets one line with both versions', async () => {
    const { nodeVersionProblem } = await load('node');
    for (const version of ['v20.19.0', 'v20.20.2', 'v22.0.0', 'v24.1.0-nightly']) {
      expect(nodeVersionProblem(version), version).toBeNull();
    }
    for (const version of ['v20.18.3', 'v18.20.0', 'v6.17.1']) {
      expect(nodeVersionProblem(version)).toContain(`Node 20.19 or newer is needed; this is ${version}`);
    }
  });
});

describe('Redis', () => {
  let server: Server | undefined;
  const sockets = new Set<Socket>();
  afterEach(() => {
    for (const socket of sockets) socket.destroy();
    server?.close();
    server = undefined;
  });

  /** A server that gives this answer to whatever comes first. */
  async function answering(answer: string | undefined, received: string[] = []): Promise<string> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.on('error', () => {});
      socket.on('data', (chunk) => {
        if (received.push(String(chunk)) === 1 && answer !== undefined) socket.write(answer);
      });
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('REDIS_URL that answers gives its version, and user and password are sent first', async () => {
    const { pingRedis } = await load('redis');
    const received: string[] = [];
    const info = '# Server\r\nredis_version:7.2.4\r\n';
    const address = await answering(`+OK\r\n+PONG\r\n$${info.length}\r\n${info}\r\n`, received);
    await expect(pingRedis(`redis://me:s%40crt@${address}/3`)).resolves.toBe('7.2.4');
    expect(received.join('')).toMatch(/^\*3\r\n\$4\r\nAUTH\r\n\$2\r\nme\r\n\$5\r\ns@crt\r\n.*PING/s);
  });

  test('a refused password names the server without the password', async () => {
    const { pingRedis } = await load('redis');
    const address = await answering('-WRONGPASS invalid username-password pair\r\n-NOAUTH\r\n');
    const failure = await pingRedis(`redis://me:secret@${address}`).catch((error: unknown) => error);
    expect(failure).toMatchObject({ exitCode: 2 });
    expect(String(failure)).toContain(`redis://${address} refuses: WRONGPASS`);
    expect(String(failure)).not.toContain('secret');
  });

  test('a silent server, a closed port and a malformed address each say so', async () => {
    const { pingRedis } = await load('redis');
    const silent = await answering(undefined);
    await expect(pingRedis(`redis://${silent}`, { seconds: 0.2 })).rejects.toThrow('did not answer');
    await expect(pingRedis('redis://127.0.0.1:1')).rejects.toThrow("can't be reached: ECONNREFUSED");
    await expect(pingRedis('127.0.0.1 6379')).rejects.toThrow('REDIS_URL is no URL');
    await expect(pingRedis('http://localhost')).rejects.toThrow('must start with redis://');
  });

  test('valkey-server serves where there is no redis-server, and a version too old is passed over', async () => {
    const { findRedisServer } = await load('redis');
    const program = (name: string, version: string) => {
      writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} v=${version} sha=0"\n`);
      chmodSync(join(folder, name), 0o755);
    };
    expect(await findRedisServer({ PATH: folder }, [])).toBeUndefined();
    program('redis-server', '4.0.9');
    expect(await findRedisServer({ PATH: folder }, [])).toBeUndefined();
    program('valkey-server', '8.0.1');
    expect(await findRedisServer({ PATH: folder }, [])).toMatchObject({
      name: 'valkey-server',
      version: '8.0.1',
    });
  });

  test('without one and without the right to install, the error names three ways', async () => {
    const { threeWays } = await load('redis');
    const text: string = threeWays('apt-get needs root');
    expect(text).toContain('apt-get needs root');
    expect(text).toMatch(/1\. .*REDIS_URL[\s\S]*2\. .*redis-server[\s\S]*3\. .*container/);
  });
});

describe("the system's package manager", () => {
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };

  test('is used by root, by others through a sudo that asks no password, and never when told not to', async () => {
    const { systemPackages } = await load('system-packages');
    const env = { PATH: folder };
    expect((await systemPackages(env, { uid: 0 })).reason).toContain('no package manager');
    program('apt-get', 'exit 0');
    expect(await systemPackages(env, { uid: 0 })).toMatchObject({ name: 'apt-get', prefix: [] });
    expect((await systemPackages(env, { uid: 1000 })).reason).toContain('there is no sudo');
    program('sudo', 'exit 1');
    expect((await systemPackages(env, { uid: 1000 })).reason).toContain('sudo asks for a password');
    program('sudo', 'exit 0');
    expect((await systemPackages(env, { uid: 1000 })).prefix).toEqual([join(folder, 'sudo'), '-n']);
    const told = { ...env, GRIDSEARCH_NO_SYSTEM_INSTALL: '1' };
    expect((await systemPackages(told, { uid: 0 })).reason).toContain('GRIDSEARCH_NO_SYSTEM_INSTALL');
  });

  test('brew is used by users and not by root', async () => {
    const { systemPackages } = await load('system-packages');
    program('brew', 'exit 0');
    expect(await systemPackages({ PATH: folder }, { uid: 501 })).toMatchObject({ name: 'brew', prefix: [] });
    expect((await systemPackages({ PATH: folder }, { uid: 0 })).reason).toContain('refuses to run as root');
  });
});

describe('programs that are run', () => {
  test('a time limit ends the program and its children, an error carries the telling line', async () => {
    const { run } = await load('run');
    const started = performance.now();
    await expect(run('sh', ['-c', 'sleep 60 & sleep 60; wait'], { seconds: 0.3 })).rejects.toThrow(
      'longer than',
    );
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect(
      run('sh', ['-c', 'echo "Error: no such host"; echo "  at somewhere"; exit 3']),
    ).rejects.toThrow('exit code 3: Error: no such host');
    await expect(run('no-such-program', [])).rejects.toThrow('no-such-program: not found');
  });
});

describe('the lock', () => {
  test('lets one in at a time', async () => {
    const { withLock } = await load('lock');
    let inside = 0;
    let most = 0;
    const work = () =>
      withLock(join(folder, 'lock'), async () => {
        inside += 1;
        most = Math.max(most, inside);
        await sleep(20);
        inside -= 1;
      });
    await Promise.all([work(), work(), work()]);
    expect(most).toBe(1);
  });

  test('of a dead process is taken over by one of those who wait', async () => {
    const { withLock } = await load('lock');
    const file = join(folder, 'lock');
    writeFileSync(file, 'dead');
    const longAgo = new Date(Date.now() - 60_000);
    utimesSync(file, longAgo, longAgo);
    let inside = 0;
    const work = () =>
      withLock(file, async () => {
        inside += 1;
        await sleep(20);
        expect(inside).toBe(1);
        inside -= 1;
      });
    await Promise.all([work(), work(), work()]);
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });

  test('is given back when the work fails', async () => {
    const { withLock } = await load('lock');
    const file = join(folder, 'lock');
    await expect(withLock(file, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
    await expect(withLock(file, () => Promise.resolve('free'))).resolves.toBe('free');
  });
});

describe('the native engine', () => {
  test('comes from the wheel on Linux with glibc 2.27 or newer, x64 and arm64', async () => {
    const { wheelObstacle } = await load('engine-wheel');
    const on = (platform: string, arch: string, glibcVersion?: string) =>
      wheelObstacle({ platform, arch, glibcVersion });
    expect(on('linux', 'x64', '2.36')).toBeUndefined();
    expect(on('linux', 'arm64', '2.27')).toBeUndefined();
    expect(on('linux', 'x64', '2.17')).toContain('2.17');
    expect(on('linux', 'x64')).toContain('glibc 2.27'); // Alpine
    expect(on('darwin', 'arm64')).toContain('no wheel for darwin arm64');
  });

  const engine = (base: string, library = 'library') => {
    mkdirSync(join(base, 'deps', 'lib'), { recursive: true });
    mkdirSync(join(base, 'lib', 'napi-v8'), { recursive: true });
    writeFileSync(join(base, 'deps', 'lib', 'libtensorflow_cc.so.2'), library);
    writeFileSync(join(base, 'lib', 'napi-v8', 'tfjs_binding.node'), 'binding');
  };

  test('goes from the cache into the package without taking space twice', async () => {
    const { keepEngine, cachedEngine, placeEngine } = await load('engine-files');
    const [cache, built, target] = ['cache', 'cache/building-1', 'package'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    engine(built);
    engine(target, 'an older library');
    await keepEngine({ folder: built, how: 'by test' }, cache, '4.22.0');
    const cached = await cachedEngine(cache, '4.22.0');
    expect(cached).toMatchObject({ how: 'by test' });
    expect(await cachedEngine(cache, '4.23.0')).toBeUndefined();
    await placeEngine(cached.folder, target);
    const placed = statSync(join(target, 'deps', 'lib', 'libtensorflow_cc.so.2'));
    expect(placed).toMatchObject({ nlink: 2, size: 'library'.length });
  });

  test('is found in the home that the cache holds for this lock file, once it was proved', async () => {
    const { homeName, nativePackage } = await load('engine-home');
    const env = { XDG_CACHE_HOME: folder };
    const elsewhere = nativePackage(env);
    const package_ = join(folder, 'gridsearch', homeName(), 'node_modules', '@tensorflow', 'tfjs-node');
    engine(package_);
    writeFileSync(join(package_, 'package.json'), '{"name":"@tensorflow/tfjs-node"}');
    expect(nativePackage(env)).toBe(elsewhere);
    writeFileSync(join(package_, 'deps', 'engine.json'), '{}');
    expect(nativePackage(env)).toBe(realpathSync(package_));
  });

  test('has a home that npm fills without running scripts, from the lock file and not from what started us', async () => {
    const { fetchHome } = await load('engine-fetch');
    const { homeName } = await load('engine-home');
    const npm = (script: string) => {
      mkdirSync(join(folder, 'programs'), { recursive: true });
      writeFileSync(join(folder, 'programs', 'npm'), `#!/bin/sh\nset -e\n${script}\n`);
      chmodSync(join(folder, 'programs', 'npm'), 0o755);
    };
    const env = { PATH: `${join(folder, 'programs')}:${process.env.PATH}`, npm_config_workspace: 'theirs' };
    const cache = join(folder, 'cache');
    mkdirSync(cache);
    npm('mkdir node_modules; echo "npm error: E404" >&2; exit 1');
    await expect(fetchHome({ cache, env, say: () => {} })).rejects.toThrow('npm error: E404');
    expect(readdirSync(cache)).toEqual([]);

    npm(`p=node_modules/@tensorflow/tfjs-node; mkdir -p $p; grep -q tfjs-node package-lock.json
      echo '{"name":"@tensorflow/tfjs-node"}' > $p/package.json; touch $p/index.js $p/index.js.map
      echo "$* $npm_config_workspace" > said`);
    const home = await fetchHome({ cache, env, say: () => {} });
    expect(home.folder).toBe(join(cache, homeName()));
    expect(readdirSync(home.tfjsNode).sort()).toEqual(['index.js', 'package.json']);
    expect(readFileSync(join(home.folder, 'said'), 'utf8')).toMatch(/^ci --ignore-scripts (?!.*theirs)/);
    npm('exit 1');
    expect(await fetchHome({ cache, env, say: () => {} })).toEqual(home);
  });

  test("has one version in the home's files, the package's own and the lock of the portable engine", async () => {
    const { nativeVersion } = await load('engine-home');
    const read = (name: string) => JSON.parse(readFileSync(join(root, name), 'utf8'));
    const home = read('setup/native/package-lock.json').packages;
    expect(home[''].dependencies).toEqual(read('setup/native/package.json').dependencies);
    expect(home['node_modules/@tensorflow/tfjs-node'].version).toBe(nativeVersion());
    expect(read('package.json').peerDependencies['@tensorflow/tfjs-node']).toBe(`^${nativeVersion()}`);
    expect(home['node_modules/@tensorflow/tfjs'].version).toBe(
      read('package-lock.json').packages['node_modules/@tensorflow/tfjs'].version,
    );
  });

  test('a truncated file makes neither a cached nor a proved engine', async () => {
    const { keepEngine, cachedEngine, writeStamp, readStamp, stampFits } = await load('engine-files');
    engine(join(folder, 'building-1'));
    const kept = await keepEngine({ folder: join(folder, 'building-1'), how: 'by test' }, folder, '4.22.0');
    await writeStamp(kept.folder, '2.21.0', 'by test');
    expect(await stampFits(kept.folder, await readStamp(kept.folder))).toBe(true);
    writeFileSync(join(kept.folder, 'deps', 'lib', 'libtensorflow_cc.so.2'), 'lib');
    expect(await stampFits(kept.folder, await readStamp(kept.folder))).toBe(false);
    expect(await cachedEngine(folder, '4.22.0')).toBeUndefined();
  });

  test('what a killed set-up left is removed, what is whole stays', async () => {
    const { clearHalfMade } = await load('engine-files');
    const tfjsNode = join(folder, '@tensorflow', 'tfjs-node');
    for (const path of [
      'building-a1/deps',
      'engine-x',
      '@tensorflow/.tfjs-node-b2',
      '@tensorflow/tfjs-node/.engine-7',
    ]) {
      mkdirSync(join(folder, path), { recursive: true });
    }
    writeFileSync(join(folder, 'engine-x', 'file'), '');
    linkSync(join(folder, 'engine-x', 'file'), join(folder, 'building-a1', 'deps', 'file'));
    await clearHalfMade(folder, tfjsNode);
    const there = (path: string) => statSync(join(folder, path), { throwIfNoEntry: false }) !== undefined;
    expect(
      ['building-a1', '@tensorflow/.tfjs-node-b2', '@tensorflow/tfjs-node/.engine-7'].filter(there),
    ).toEqual([]);
    expect(['engine-x/file', '@tensorflow/tfjs-node'].filter(there)).toHaveLength(2);
  });
});

describe("CI's view of a run", () => {
  test('the closing line counts tests, and files that failed to load as failures', () => {
    const module = (states: string[], errors: number, note?: string) =>
      ({
        moduleId: join(process.cwd(), 'test', 'x.test.ts'),
        errors: () => Array(errors).fill(new Error('broken')),
        children: {
          allSuites: () => [],
          allTests: () => states.map((state) => ({ fullName: 'a > b', result: () => ({ state, note }) })),
        },
      }) as unknown as TestModule;
    const count = tally(
      [module(['passed', 'passed', 'failed'], 0), module([], 1), module(['skipped'], 0, 'no MLflow here')],
      1,
    );
    expect(closingLine(count)).toBe('2 passed, 3 failed, 1 skipped');
    expect(count.skips).toEqual(['test/x.test.ts > a > b: no MLflow here']);
  });

  test('a quickstart document is checked for what must be true of it', async () => {
    const { quickstartProblems } = await load('check-quickstart');
    const doc = {
      searchId: 's',
      experimentId: '1',
      parentRunId: 'p',
      seconds: 41.5,
      trials: { total: 4, finished: 4, failed: 0 },
      folds: { total: 8, finished: 8, failed: 0 },
      best: { childRunId: 'c', mean: 0.8, std: 0.01 },
      refit: { runId: 'r', testMetrics: { f1_macro: 0.79 } },
      registered: { name: 'sentiment', version: '1', aliases: ['champion'] },
    };
    expect(quickstartProblems(doc)).toEqual([]);
    expect(quickstartProblems({ ...doc, folds: { total: 8, finished: 7, failed: 1 } })).toEqual([
      'not true: every fold finished',
    ]);
    expect(quickstartProblems({})).toHaveLength(7);
  });
});
