/** Compiles the TypeScript to dist/ when a source is newer than the last build. `--force` compiles in any case. */
import { copyFile, mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, isBundled, removeBundle } from './bundle.mjs';
import { removeCodeDigest, writeCodeDigest } from './code-digest.mjs';
import { packageFrom } from './engine-home.mjs';
import { ROOT } from './paths.mjs';
import { run, SetupError } from './run.mjs';

const DIST = join(ROOT, 'dist');
/** tsc's record of the build; its time is that of the build's start. */
const BUILD_INFO = join(DIST, '.tsbuildinfo');
const CONFIG = 'tsconfig.build.json';
/** Files beside the sources that the compiled code reads at run time, or tools for humans: only the former are copied. */
const ASSETS = new Set(['.sql', '.html', '.css', '.svg', '.lua', '.json', '.cc', '.h']);
/** What is copied into every model package: a container has dist/ and not the sources. */
const TEMPLATE = join('learning', 'package', 'template');
/** The review page is not compiled file by file: Vite makes one script of it. */
const PAGE = join('review', 'page', 'client');
/** What Vite builds, beneath dist/: the page, and what every report holds. */
const BUILT_PAGES = [PAGE, join('review', 'report', 'client')];
const isOfPage = (path) => BUILT_PAGES.some((folder) => path.startsWith(join(folder, '/')));
const isAsset = (path) => ASSETS.has(extname(path)) || (path.startsWith(TEMPLATE) && extname(path) !== '');

const sourceFolders = async () => JSON.parse(await readFile(join(ROOT, CONFIG), 'utf8')).include;

const modified = (path) =>
  stat(path).then(
    (found) => found.mtimeMs,
    () => 0,
  );

/** Every file and folder below `folder`, relative to the checkout. A folder's time changes when a file in it comes or goes. */
async function tree(folder) {
  const entries = await readdir(join(ROOT, folder), { withFileTypes: true }).catch(() => []);
  const lists = await Promise.all(
    entries.map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? tree(path) : [path];
    }),
  );
  return [folder, ...lists.flat()];
}

async function sources() {
  return (await Promise.all((await sourceFolders()).map(tree))).flat();
}

async function upToDate() {
  const built = await modified(BUILD_INFO);
  if (built === 0 || !isBundled()) return false;
  const times = await Promise.all(
    [...(await sources()), CONFIG, 'tsconfig.json', 'package-lock.json'].map((path) =>
      modified(join(ROOT, path)),
    ),
  );
  return Math.max(...times) < built;
}

async function copyAssets(paths) {
  for (const path of paths.filter((one) => isAsset(one) && !isOfPage(one))) {
    const to = join(DIST, path);
    await mkdir(dirname(to), { recursive: true });
    await copyFile(join(ROOT, path), to);
  }
}

/** Removes what earlier builds made of sources that are gone; a leftover would still be found by an import. */
async function removeOrphans(paths) {
  const expected = new Set(
    paths.flatMap((path) => (path.endsWith('.ts') ? [path.replace(/\.ts$/, '.js')] : [path])),
  );
  for (const folder of await sourceFolders()) {
    for (const path of await tree(join('dist', folder))) {
      if (isOfPage(path.slice('dist/'.length))) continue;
      const source = path.slice('dist/'.length).replace(/\.map$/, '');
      if (extname(path) && !expected.has(source))
        await rm(join(ROOT, path), { force: true, recursive: true });
    }
  }
}

/** A program's own file rather than npx: nothing must be looked up, let alone downloaded. */
function programOf(name, file) {
  const folder = packageFrom(join(ROOT, 'package.json'), name);
  if (folder) return join(folder, 'bin', file);
  throw new SetupError(
    `dist/ must be built and ${name} is not installed: run npm ci first (without --omit=dev)`,
  );
}

export async function compile() {
  const tsc = [programOf('typescript', 'tsc'), '-p', CONFIG];
  const vite = (config) => [programOf('vite', 'vite.js'), 'build', '--config', join(PAGE, config)];
  const started = new Date();
  try {
    // A build that is killed must not leave what an earlier one bundled, as tsc's record may be new by then.
    await removeBundle();
    await removeCodeDigest();
    const all = [tsc, vite('vite.config.mjs'), vite('vite.report.config.mjs')].map((args) =>
      run(process.execPath, args, { cwd: ROOT, seconds: 300 }),
    );
    await Promise.allSettled(all);
    // Also what has type errors: those who test another folder run what is written, not what was.
    const bundled = bundle();
    await Promise.allSettled([bundled]);
    await Promise.all([...all, bundled]);
  } catch (error) {
    // Without the record the next run would take the half-made output for finished.
    await rm(BUILD_INFO, { force: true });
    throw Object.assign(new Error(`the sources do not compile:\n${error.output ?? error.message}`), {
      exitCode: 1,
    });
  }
  // tsc leaves its record alone when files are newer but say the same; each set-up would then compile again.
  await utimes(BUILD_INFO, started, started);
  const paths = await sources();
  await removeOrphans(paths);
  await copyAssets(paths);
  await writeCodeDigest();
}

export async function buildStep({ check, say }) {
  if (await upToDate()) return { state: 'ready', detail: 'dist/ is newer than the sources' };
  if (check) return { state: 'missing', detail: 'dist/ is older than the sources' };
  say('compiling the TypeScript, because sources are newer than dist/');
  await compile();
  return { state: 'done', detail: 'compiled to dist/' };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  compile().catch((error) => {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  });
}
