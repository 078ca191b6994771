/** What the pages say about the code, held to the code. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, extname, join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { parseSearchSpace, SearchSpaceError } from '../../orchestrator/space/index.js';
import { TAGS } from '../../tracking/client/index.js';

const ROOT = join(import.meta.dirname, '..', '..');
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** Files below a folder of the checkout, without what is installed there. */
function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    if (entry.name.startsWith('.') || entry.name === 'node_modules') return [];
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

const PAGES = [
  ...readdirSync(ROOT).filter((name) => name.endsWith('.md')),
  ...['docs', 'bench', 'tracking'].flatMap(filesIn).filter((path) => path.endsWith('.md')),
];

/** The anchor that GitHub gives a heading. */
const anchor = (heading: string): string =>
  heading
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');

test.each(PAGES)('the links of %s lead somewhere', (page) => {
  const text = read(page).replace(/^```.*?^```/gms, '');
  for (const [, target] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target!)) continue;
    const [path = '', heading] = target!.split('#');
    const file = path === '' ? join(ROOT, page) : resolve(ROOT, dirname(page), path);
    expect.soft(existsSync(file), target).toBe(true);
    if (heading === undefined || !existsSync(file) || statSync(file).isDirectory()) continue;
    const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, one]) => anchor(one!));
    expect.soft(headings, target).toContain(heading);
  }
});

test('docs/operations.md names every environment variable that is read', () => {
  const { include } = JSON.parse(read('tsconfig.build.json')) as { include: string[] };
  const sources = [...include, 'setup', 'bench']
    .filter((folder) => existsSync(join(ROOT, folder)))
    .flatMap(filesIn)
    .filter((path) => ['.ts', '.mjs', '.sh'].includes(extname(path)));
  const names = new Set<string>();
  for (const path of [...sources, 'docker-compose.yml', 'docker/mlflow.Dockerfile', '.ci/run']) {
    // As the language reads them, and those of this project in any form.
    const reads = /\.(?:ts|mjs)$/.test(path)
      ? /\benv\.([A-Z]\w+)|\benv\[['"]([A-Z]\w+)|\b(GRIDSEARCH_[A-Z_]+|MLFLOW_TRACKING_[A-Z]+|REDIS_URL)\b/g
      : /\$\{([A-Z][A-Z0-9_]+)[:}]/g;
    for (const found of read(path).matchAll(reads)) names.add(found.slice(1).find(Boolean)!);
  }
  expect([...names]).toEqual(
    expect.arrayContaining(['GRIDSEARCH_HOME', 'REDIS_URL', 'POSTGRES_PASSWORD', 'CXX']),
  );
  // Bash's own clock.
  names.delete('SECONDS');
  const page = read('docs/operations.md');
  expect(
    [...names].filter((name) => !page.includes(`\`${name}\``)),
    'not there',
  ).toEqual([]);
});

test('docs/mlflow.md names every tag', () => {
  const page = read('docs/mlflow.md');
  expect(
    Object.values(TAGS)
      .filter((tag) => tag.startsWith('gridsearch.'))
      .filter((tag) => !page.includes(`\`${tag}\``)),
    'not there',
  ).toEqual([]);
});

test('the search space of the README is valid, and its mistake is told in those words', () => {
  const readme = read('README.md');
  const [, yaml = ''] = /^```yaml\n(.*?)^```/ms.exec(readme) ?? [];
  expect(parseSearchSpace(yaml, 'reviews.yaml').models).toHaveLength(2);
  const mistaken = yaml.replace('dropout: [0, 0.3]', 'dropout: [0, 1.5]');
  expect(mistaken).not.toBe(yaml);
  const message = /^reviews\.yaml:.*$/m.exec(readme)?.[0];
  const told = (): string => {
    try {
      return parseSearchSpace(mistaken, 'reviews.yaml').name;
    } catch (error) {
      return error instanceof SearchSpaceError ? error.message.trimEnd() : String(error);
    }
  };
  expect(told()).toBe(message);
});
