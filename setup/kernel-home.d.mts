export interface BuiltKernels {
  readonly folder: string;
  /** Digest of what was compiled. */
  readonly source: string;
  /** What the compiler calls itself. */
  readonly compiler: string;
  /** By variant. */
  readonly files: Readonly<Record<string, string>>;
}
export interface Variant {
  readonly name: string;
  /** Flags of `/proc/cpuinfo`. */
  readonly needs: readonly string[];
}
export const VARIANTS: Readonly<Record<string, readonly Variant[]>>;
/** All that are built for this machine's architecture. */
export function variantsHere(): readonly Variant[];
/** Those that this processor can run, best first. */
export function runnable(cpuinfo?: string): readonly Variant[];
/** The kernels that set-up has left for this source. */
export function builtKernels(env?: NodeJS.ProcessEnv): BuiltKernels | undefined;
