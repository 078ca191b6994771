/** What `CXX` names, by name or by path, else the usual ones; undefined where there is none. */
export function findCompiler(env?: NodeJS.ProcessEnv): string | undefined;
