/** What the learning library uses of `engine-home.mjs`. */
export const SETUP_COMMAND: string;
export function nativePackage(env?: NodeJS.ProcessEnv): string | undefined;
