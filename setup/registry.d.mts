/** What the learning library uses of `registry.mjs`. */
interface Wanted {
  readonly name: string;
  readonly version: string;
  readonly folder: string;
  readonly env?: NodeJS.ProcessEnv;
}
export function downloadWheel(
  wheel: Wanted & { readonly sha256: string; readonly options?: readonly string[] },
): Promise<string>;
export function downloadTgz(archive: Wanted): Promise<string>;
