/**
 * Puts the compiled programs and what they import into some forty files, dist/bundle/: Node spends a second of a core on opening
 * a thousand small ones, in every process that a search starts. What is compiled stays beside it, and works by itself: a
 * package of npm's holds that alone, as the other packages' code is not ours to hand on.
 */
import { rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ROOT } from './paths.mjs';

const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'bundle');

/** Whatever a process or a thread may start with, or imports by an address. */
const ENTRIES = {
  main: 'orchestrator/cli/main.js',
  'prepare-text': 'orchestrator/app/prepare-text.js',
  'predict-aside': 'orchestrator/app/predict-aside.js',
  entry: 'worker/entry.js',
  processor: 'worker/processor.js',
  thread: 'tracking/server/thread.js',
  front: 'review/page/server/front.js',
};
const ENTRY_OF = new Map(Object.entries(ENTRIES).map(([name, path]) => [join(DIST, path), name]));

/** These find files of their own beside them: native libraries, a script. */
const APART = /^(@tensorflow|@photostructure|open|msgpackr-extract)(\/|$)|^#/;

/** Addresses in our code stay what they are: an entry's is that of the bundled one, any other that of the file in dist/. */
const addresses = {
  name: 'addresses',
  transform(code, id) {
    if (!id.startsWith(DIST) || !code.includes('import.meta.url')) return null;
    const address = (path) => `new URL(${JSON.stringify(path)}, PLACE).href`;
    const own = address(`../${relative(DIST, id)}`);
    const entry = (file) => ENTRY_OF.has(file) && address(`./${ENTRY_OF.get(file)}.js`);
    return code
      .replaceAll(
        /new URL\(('([^']*)'|[^()]+), import\.meta\.url\)/g,
        (_, what, path = '') => `new URL(${what}, ${entry(resolve(id, '..', path)) || own})`,
      )
      .replaceAll('import.meta.url', entry(id) || own)
      .replaceAll('PLACE', 'import.meta.url');
  },
};

export async function bundle() {
  const { rolldown } = await import('rolldown');
  await rm(BUNDLE, { recursive: true, force: true });
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(DIST, path)])),
    cwd: ROOT,
    platform: 'node',
    external: (id) => APART.test(id),
    plugins: [addresses],
    logLevel: 'silent',
  });
  await build.write({ dir: BUNDLE, format: 'esm', entryFileNames: '[name].js' });
  await build.close();
}
