/** What the learning library uses of `engine-home.mjs`. */
export const SETUP_COMMAND: string;
/** In a tfjs-node's `deps/`: which TensorFlow it has. */
export const STAMP: string;
export function nativePackage(env?: NodeJS.ProcessEnv): string | undefined;
/** This user's cache, shared by all checkouts and packages: where to look, and where to write, `fallback` if nowhere else. */
export function userCache(fallback: string): {
  readonly folders: readonly string[];
  readonly writable: string;
};
