/**
 * Where the compiled kernels are: one library for each instruction set, in this user's cache, made by set-up (`kernel.mjs`) and
 * loaded by the learning library (`#kernel-home`). One source for all, so that an image, or a home that machines share, works on
 * each of them: what the processor at hand has decides at load.
 */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolders, ROOT } from './paths.mjs';

/**
 * C++ and its headers: those that the compiled code was built with, which may be older than the checkout's; before there is
 * any, the checkout's.
 */
const PLACE = join('learning', 'engine', 'native');
export const kernelSources = () => [join(ROOT, 'dist', PLACE), join(ROOT, PLACE)].find(existsSync);

/**
 * By Node's name for the architecture, best first: a name, the compiler's flag, and what of `/proc/cpuinfo` a processor must have.
 * The levels are those of the x86-64 psABI.
 */
const LEVEL_2 = ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3'];
const LEVEL_3 = [...LEVEL_2, 'avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'];
const LEVEL_4 = [...LEVEL_3, 'avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'];
export const VARIANTS = {
  x64: [
    { name: 'x86-64-v4', needs: LEVEL_4 },
    { name: 'x86-64-v3', needs: LEVEL_3 },
    { name: 'x86-64-v2', needs: LEVEL_2 },
  ],
  arm64: [{ name: 'armv8-a', needs: [] }],
};

/** All that are built for this machine's architecture. */
export const variantsHere = () => VARIANTS[process.arch] ?? [];

/** @param {string} [cpuinfo] the text of `/proc/cpuinfo` @returns those that this processor can run, best first */
export function runnable(cpuinfo = readCpuinfo()) {
  const flags = new Set(/^flags\s*:(.*)$/m.exec(cpuinfo)?.[1].trim().split(' '));
  return variantsHere().filter(({ needs }) => needs.every((flag) => flags.has(flag)));
}

function readCpuinfo() {
  try {
    return readFileSync('/proc/cpuinfo', 'utf8');
  } catch {
    return '';
  }
}

/** Eight hexadecimal digits of what is compiled. */
export function sourceDigest() {
  const folder = kernelSources();
  const hash = createHash('sha256');
  for (const name of readdirSync(folder).sort()) {
    hash.update(`${name}\0`).update(readFileSync(join(folder, name)));
  }
  return hash.digest('hex').slice(0, 8);
}

/** A folder's name: of one source and one kind of machine. */
export const kernelName = (source) => `kernel-${source}-${process.platform}-${process.arch}`;

/** In that folder, written last: compiler, and the file of each variant. */
export const KERNEL_STAMP = 'kernel.json';

/**
 * The kernels that set-up has left for this source.
 *
 * @returns {{folder: string, source: string, compiler: string, files: Record<string, string>} | undefined}
 */
export function builtKernels(env = process.env) {
  if (kernelSources() === undefined) return undefined;
  const source = sourceDigest();
  for (const cache of cacheFolders(env)) {
    const folder = join(cache, kernelName(source));
    try {
      const { compiler, files } = JSON.parse(readFileSync(join(folder, KERNEL_STAMP), 'utf8'));
      return { folder, source, compiler: String(compiler), files: { ...files } };
    } catch {
      // not here
    }
  }
  return undefined;
}
