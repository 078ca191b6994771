import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type RegistryArchive, registryFile, wheelEntries } from '../../../learning/downloads/index.js';
import {
  integrityOf,
  type Registry,
  serveRegistry,
  sha256Of,
  tgzOf,
  wheelOf,
} from '../../support/archives.js';

const [name, version] = ['gridsearch-test-archive', '1.0.0'];
const wheel = wheelOf(name, version, {
  'data/a.txt': 'from a wheel',
  'data/noise.bin': Buffer.alloc(9000, 'x'),
});
const tgz = tgzOf({
  'package/package.json': JSON.stringify({ name, version }),
  'package/noise': Buffer.from(Array.from({ length: 9000 }, (_, k) => (k * k) % 251)),
});
const PYPI: RegistryArchive = {
  registry: 'pypi',
  name,
  version,
  sha256: sha256Of(wheel),
  bytes: wheel.length,
};
const NPM: RegistryArchive = {
  registry: 'npm',
  name,
  version,
  integrity: integrityOf(tgz),
  bytes: tgz.length,
};

let folder: string;
let registry: Registry | undefined;
const environment = { ...process.env };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'registry-test-'));
});
afterEach(async () => {
  await registry?.close();
  process.env = { ...environment };
  rmSync(folder, { recursive: true, force: true });
});

async function serve(sent?: (archive: Buffer) => Buffer | undefined): Promise<Registry> {
  registry = await serveRegistry({ name, version, wheel, tgz }, sent);
  process.env.PIP_INDEX_URL = `${registry.origin}/simple/`;
  process.env.npm_config_registry = `${registry.origin}/`;
  process.env.NO_PROXY = '127.0.0.1';
  process.env.no_proxy = '127.0.0.1';
  return registry;
}

test('is fetched once from the index that pip is set to, with one line said', async () => {
  const { downloads } = await serve();
  const lines: string[] = [];
  const file = await registryFile(PYPI, folder, (line) => lines.push(line));
  expect(lines).toEqual([
    `fetching ${name} ${version} from PyPI with pip (${Math.ceil(wheel.length / 1000)} kB, kept in ${join(folder, 'downloads')})`,
  ]);
  expect(readFileSync(file).equals(wheel)).toBe(true);
  expect(Buffer.from((await wheelEntries(file, ['data/a.txt']))[0]!).toString()).toBe('from a wheel');

  expect(await registryFile(PYPI, folder, (line) => lines.push(line))).toBe(file);
  expect(lines).toHaveLength(1);
  expect(downloads()).toBe(1);
  expect(readdirSync(join(folder, 'downloads'))).toEqual([file.slice(folder.length + '/downloads/'.length)]);
});

test("comes from npm's registry too", async () => {
  await serve();
  const lines: string[] = [];
  const file = await registryFile(NPM, folder, (line) => lines.push(line));
  expect(lines).toEqual([
    expect.stringContaining(`fetching ${name} ${version} from npm's registry with npm`),
  ]);
  expect(readFileSync(file).equals(tgz)).toBe(true);
});

test('is waited for by whoever comes while another fetches it', async () => {
  const { downloads } = await serve();
  const lines: string[] = [];
  const say = (line: string) => lines.push(line);
  const files = await Promise.all([1, 2, 3].map(() => registryFile(PYPI, folder, say)));
  expect(new Set(files).size).toBe(1);
  expect(downloads()).toBe(1);
  expect(lines.filter((line) => line.startsWith('another process is fetching'))).toHaveLength(2);
});

test('is fetched anew when the one in the cache was damaged', async () => {
  const { downloads } = await serve();
  const file = await registryFile(PYPI, folder, () => {});
  writeFileSync(file, wheel.subarray(1));
  await registryFile(PYPI, folder, () => {});
  expect(readFileSync(file).equals(wheel)).toBe(true);
  expect(downloads()).toBe(2);
});

const corrupt = (archive: Buffer) => {
  const changed = Buffer.from(archive);
  changed[100] = changed[100]! ^ 1;
  return changed;
};

test.each([
  ['PyPI', 'corrupted', PYPI, corrupt],
  ['npm', 'corrupted', NPM, corrupt],
  ['PyPI', 'cut off', PYPI, () => undefined],
  ['npm', 'cut off', NPM, () => undefined],
] as const)(
  'from %s, %s on the way, is not kept, and the error says where to look',
  async (_, _how, archive, sent) => {
    await serve(sent);
    const problem = registryFile(archive, folder, () => {});
    await expect(problem).rejects.toThrow(
      new RegExp(
        `^${name} ${version} \\(\\d+ kB\\) could not be had from .* with (pip|npm): .*; look at the network`,
      ),
    );
    expect(readdirSync(join(folder, 'downloads'))).toEqual([]);
  },
);

test('that the registry does not have is one line', async () => {
  await serve();
  const problem = registryFile({ ...PYPI, version: '9.9.9' }, folder, () => {});
  await expect(problem).rejects.toThrow(/9\.9\.9 .* could not be had from PyPI with pip: [^\n]*$/);
});
