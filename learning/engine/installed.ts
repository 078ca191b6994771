/** Whether the native engine was set up, told without loading it. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Looks for the compiled binding of `@tensorflow/tfjs-node`; that it loads is only known once a process tried. */
export function nativeInstalled(): boolean {
  try {
    const root = dirname(createRequire(import.meta.url).resolve('@tensorflow/tfjs-node/package.json'));
    const lib = join(root, 'lib');
    return readdirSync(lib).some((folder) => existsSync(join(lib, folder, 'tfjs_binding.node')));
  } catch {
    return false;
  }
}

/** The line for people whose training will run on WebAssembly though nobody asked for it; undefined otherwise. */
export function slowEngineNotice(env: NodeJS.ProcessEnv = process.env): string | undefined {
  if (env.GRIDSEARCH_ENGINE || nativeInstalled()) return undefined;
  return 'Engine: WebAssembly, because native TensorFlow is not set up; LSTMs train several times slower. `npm run setup` tries again.';
}
