/**
 * A digest of the code that a fold's numbers come from, written by the build to dist/code.json: results of earlier searches are
 * taken over from the same code alone, and a version's number does not tell one checkout from another.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { packageFrom } from './engine-home.mjs';
import { ROOT } from './paths.mjs';

const DIST = join(ROOT, 'dist');
const FILE = join(DIST, 'code.json');
/** Of a package: `@scope/name` or `name`. */
const IMPORT = /^(?:import|export)\b[^'"]*['"]((?:@[^/'"]+\/)?[^./#'"][^/'"]*)[^'"]*['"]/gm;

const scripts = (folder) =>
  readdirSync(join(DIST, folder), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      return entry.isDirectory() ? scripts(path) : path.endsWith('.js') ? [path] : [];
    });

/** Native libraries are told by the engine's own tag. */
function digest() {
  const hash = createHash('sha256');
  const packages = new Set();
  for (const path of [...scripts('learning'), 'worker/fold.js']) {
    const text = readFileSync(join(DIST, path), 'utf8');
    hash.update(`${path}\0${text}\0`);
    for (const [, name] of text.matchAll(IMPORT)) if (!name.startsWith('node:')) packages.add(name);
  }
  for (const name of [...packages].sort()) {
    const folder = packageFrom(join(ROOT, 'package.json'), name);
    const version = folder && JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).version;
    hash.update(`${name} ${version}\0`);
  }
  return hash.digest('hex').slice(0, 16);
}

export const removeCodeDigest = () => rm(FILE, { force: true });
export const writeCodeDigest = () => writeFile(FILE, `${JSON.stringify({ digest: digest() })}\n`);
