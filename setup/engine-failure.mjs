/** What is remembered of a machine that can't have native TensorFlow. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { stateFolder } from './paths.mjs';

/** How long set-up takes a failure as given, so that every `npm test` on such a machine doesn't wait for the network again. */
const REMEMBER_FAILURE_MS = 24 * 3600 * 1000;

const failureFile = (env) => {
  const folder = stateFolder(env);
  return folder && join(folder, 'engine-failure.json');
};

/** Whether native TensorFlow could not be had here, however long ago. */
export const failedBefore = (env) => existsSync(failureFile(env) ?? '');

/** Why, if it was this user and less than a day ago. */
export async function rememberedFailure(env) {
  try {
    const failure = JSON.parse(await readFile(failureFile(env), 'utf8'));
    return Date.now() - failure.at < REMEMBER_FAILURE_MS && failure.uid === process.getuid?.()
      ? failure.reason
      : undefined;
  } catch {
    return undefined;
  }
}

export const forgetFailure = (env) => rm(failureFile(env), { force: true });

export async function rememberFailure(env, reason) {
  const file = failureFile(env);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ reason, at: Date.now(), uid: process.getuid?.() }));
}
