/** What the learning library uses of `engine-home.mjs`. */
export const SETUP_COMMAND: string;
export function nativePackage(env?: NodeJS.ProcessEnv): string | undefined;
/** This user's cache, shared by all checkouts and packages, or `fallback` where it can't be written to. */
export function userCache(fallback: string): string;
