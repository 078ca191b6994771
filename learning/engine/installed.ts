/** Whether the native engine was set up, told without loading it. */
import { nativePackage, SETUP_COMMAND } from '#engine-home';

/** Looks for tfjs-node with its compiled binding; that it loads is only known once a process tried. */
export const nativeInstalled = (): boolean => nativePackage() !== undefined;

/** The line for people whose training will run on WebAssembly though nobody asked for it; undefined otherwise. */
export function slowEngineNotice(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.GRIDSEARCH_ENGINE || nativeInstalled()) return undefined;
  return `Engine: WebAssembly, because native TensorFlow is not set up; LSTMs train several times slower. \`${SETUP_COMMAND}\` tries again.`;
}

/** The engine that a training process here will load, by what was set up. */
export const engineToCome = ({ GRIDSEARCH_ENGINE }: NodeJS.ProcessEnv = process.env): string =>
  GRIDSEARCH_ENGINE || (nativeInstalled() ? 'tfjs-node' : 'wasm');
