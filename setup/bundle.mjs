/**
 * Puts the compiled programs and what they import into some forty files, dist/bundle/: Node spends a second of a core on opening
 * a thousand small ones, in every process that a search starts. What is compiled stays beside it, and works by itself: a
 * package of npm's holds that alone, as the other packages' code is not ours to hand on.
 */
import { existsSync } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { ROOT } from './paths.mjs';

const DIST = join(ROOT, 'dist');
const BUNDLE = join(DIST, 'bundle');

/** Whatever a process or a thread may start with, or imports by an address. */
const ENTRIES = {
  main: 'orchestrator/cli/main.js',
  'prepare-text': 'orchestrator/app/prepare-text.js',
  'predict-aside': 'orchestrator/app/predict-aside.js',
  'plan-text': 'orchestrator/app/plan/plan-text.js',
  entry: 'worker/entry.js',
  processor: 'worker/processor.js',
  'probe-entry': 'worker/probe/probe-entry.js',
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
    const address = (path) => `new URL(${JSON.stringify(path)}, import.meta.url).href`;
    const own = address(`../${relative(DIST, id)}`);
    const entry = (file) => ENTRY_OF.has(file) && address(`./${ENTRY_OF.get(file)}.js`);
    // What is relative to the file, then the file itself.
    return code.replaceAll(
      /new URL\(('([^']*)'|[^()]+), import\.meta\.url\)|import\.meta\.url/g,
      (_, relativeTo, path = '') =>
        relativeTo === undefined
          ? entry(id) || own
          : `new URL(${relativeTo}, ${entry(resolve(id, '..', path)) || own})`,
    );
  },
};

/** Whole, or not there: it is put in its place once it is written. */
export const isBundled = () => existsSync(join(BUNDLE, 'main.js'));

/** Programs start from dist/ itself then. */
export const removeBundle = () => rm(BUNDLE, { recursive: true, force: true });

export async function bundle() {
  const { rolldown } = await import('rolldown');
  const scratch = `${BUNDLE}.building`;
  await rm(scratch, { recursive: true, force: true });
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(ENTRIES).map(([name, path]) => [name, join(DIST, path)])),
    cwd: ROOT,
    platform: 'node',
    external: (id) => APART.test(id),
    plugins: [addresses],
    // What an index of ours exports and nobody asks for is left out, and with it whole packages. No file of ours may do by being imported
    // what somebody needs who uses nothing that it exports; a package says so itself.
    treeshake: { moduleSideEffects: (id) => (id.startsWith(DIST) ? false : undefined) },
    logLevel: 'silent',
  });
  await build.write({ dir: scratch, format: 'esm', entryFileNames: '[name].js' });
  await build.close();
  await removeBundle();
  await rename(scratch, BUNDLE);
}
