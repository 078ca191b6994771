/** What the engine of this machine is, told without loading it. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { nativePackage, SETUP_COMMAND, STAMP } from '#engine-home';
import { chosenKernel } from './kernel.js';
import type { Engine } from './types.js';

/** Looks for tfjs-node with its compiled binding; that it loads is only known once a process tried. */
export const nativeInstalled = (): boolean => nativePackage() !== undefined;

/** The line for people whose training will run on WebAssembly though nobody asked for it; undefined otherwise. */
export function slowEngineNotice(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.GRIDSEARCH_ENGINE || nativeInstalled()) return undefined;
  return `Engine: WebAssembly, because native TensorFlow is not set up; LSTMs train several times slower. \`${SETUP_COMMAND}\` tries again.`;
}

/** The engine that a training process here will load, by what was set up. */
export const engineToCome = (env: NodeJS.ProcessEnv = process.env): string =>
  env.GRIDSEARCH_ENGINE || (nativePackage(env) ? 'tfjs-node' : 'wasm');

/** Name and versions of an engine, in words. */
export const engineText = ({ name, version }: Pick<Engine, 'name' | 'version'>): string =>
  `${name}, ${version}`;

/** {@link engineText} of the engine that a process would load here; undefined where only loading it tells. */
export function engineHere(env: NodeJS.ProcessEnv = process.env): string | undefined {
  try {
    const folder = env.GRIDSEARCH_ENGINE === 'wasm' ? undefined : nativePackage(env);
    if (folder === undefined) {
      const own = import.meta.url;
      const wasm = versionOf('@tensorflow/tfjs-backend-wasm', own);
      return engineText({
        name: 'wasm',
        version: `tfjs ${versionOf('@tensorflow/tfjs', own)}, wasm ${wasm}`,
      });
    }
    const versions = nativeVersions(folder);
    if (versions === undefined) return undefined;
    const kernel = chosenKernel(env);
    return engineText({
      name: 'tfjs-node',
      version: [versions, ...(kernel ? [kernel.version] : [])].join(', '),
    });
  } catch {
    return undefined;
  }
}

/** Versions of a tfjs-node that set-up has proved to load; undefined of one that is not set-up's. */
export function nativeVersions(folder: string): string | undefined {
  try {
    const stamp = JSON.parse(readFileSync(join(folder, 'deps', STAMP), 'utf8')) as { tensorflow?: string };
    if (stamp.tensorflow === undefined) return undefined;
    return `tfjs ${versionOf('@tensorflow/tfjs', join(folder, 'package.json'))}, TensorFlow ${stamp.tensorflow}`;
  } catch {
    return undefined;
  }
}

/** @param from - A file of whoever would load it. */
const versionOf = (name: string, from: string): string =>
  (createRequire(from)(`${name}/package.json`) as { version: string }).version;
