/**
 * The first use of an installed package: what a command needs of this machine is set up before it starts. Later starts look
 * whether it is there, which takes some milliseconds, so nothing has to be remembered but that native TensorFlow can't be had.
 */
import { existsSync } from 'node:fs';
import { findCompiler } from './compiler.mjs';
import { failedBefore } from './engine-failure.mjs';
import { nativePackage } from './engine-home.mjs';
import { builtKernels } from './kernel-home.mjs';
import { cacheFolders, firstWritable } from './paths.mjs';
import { redisAtHand } from './redis-programs.mjs';

const trains = (args) => args.some((arg) => /^(-w|--workers)/.test(arg));

const ENGINE = ['engine', 'kernel'];

/** By command. Not here: what reads from tracking alone, and `predict`, which is done on any engine before native is there. */
const NEEDS = {
  // A file that doesn't exist is told at once.
  run: (args) => (args.some((arg) => existsSync(arg)) ? ['redis', ...ENGINE] : []),
  resume: () => ['redis', ...ENGINE],
  worker: () => ['redis', ...ENGINE],
  serve: () => ENGINE,
  up: (args) => (trains(args) ? ['redis', ...ENGINE] : ['redis']),
  submit: () => ['redis'],
  extend: () => ['redis'],
  retry: () => ['redis'],
  cancel: () => ['redis'],
  status: () => ['redis'],
};

const AT_HAND = {
  redis: redisAtHand,
  engine: (env) =>
    env.GRIDSEARCH_ENGINE === 'wasm' ||
    nativePackage(env) !== undefined ||
    failedBefore(env) ||
    firstWritable(cacheFolders(env)) === undefined,
  kernel: (env) =>
    env.GRIDSEARCH_ENGINE === 'wasm' ||
    builtKernels(env) !== undefined ||
    nativePackage(env) === undefined ||
    findCompiler() === undefined ||
    firstWritable(cacheFolders(env)) === undefined,
};

/** The steps of the set-up that this command line waits for. */
export function missingFor([command, ...args], env = process.env) {
  if (args.some((arg) => arg === '--help' || arg === '-h') || !Object.hasOwn(NEEDS, command ?? '')) return [];
  return NEEDS[command](args).filter((step) => !AT_HAND[step](env));
}

/** @throws SetupError when only the user can provide what is missing */
export async function firstUse(argv) {
  const missing = missingFor(argv);
  // The engine brings what compiles kernels; whether they are at hand shows only then.
  const names = missing.includes('engine') && !missing.includes('kernel') ? [...missing, 'kernel'] : missing;
  if (names.length === 0) return;
  process.stderr.write(`First use here: getting what \`gridsearch ${argv[0]}\` needs, once for this user.\n`);
  const { setUp } = await import('./steps.mjs');
  await setUp({ names });
}
