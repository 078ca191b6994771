/** Our own kernels: C++ that set-up has compiled (`native/`), loaded in the variant for this processor. */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { SETUP_COMMAND } from '#engine-home';
import { builtKernels, runnable, variantsHere } from '#kernel-home';

/** Sizes, rates and seeds of a Transformer layer's call, in the order that `native/binding.cc` reads them. */
export type LayerNumbers = Float64Array;

/** Rows to bring up to date with the step `now`; the last three have what is owed, by step or by how many steps. */
export type Owed = [
  w: Float32Array,
  m: Float32Array,
  v: Float32Array,
  rows: Int32Array,
  upTo: Int32Array,
  now: number,
  sums: Float32Array,
  shrinkM: Float32Array,
  shrinkV: Float32Array,
];

/** What the compiled library exports; all arrays are the caller's and none is kept. */
interface Library {
  /** Floats that a layer keeps for its way back, that either way needs as scratch, and that its packed weights take. */
  layerMemory(numbers: LayerNumbers, lengths: Int32Array): [tape: number, scratch: number, packed: number];
  /** Puts weights that don't change in the order that the products read. */
  packLayer(
    numbers: LayerNumbers,
    lengths: Int32Array,
    weights: readonly Float32Array[],
    packed: Float32Array,
  ): void;
  /** From x to y, both `[tokens, hidden]`; without a tape nothing is kept. */
  layerForward(
    numbers: LayerNumbers,
    lengths: Int32Array,
    weights: readonly Float32Array[],
    packed: Float32Array | null,
    x: Float32Array,
    y: Float32Array,
    tape: Float32Array | null,
    scratch: Float32Array,
  ): void;
  /** From dy to dx, in place; sets the gradients. */
  layerBackward(
    numbers: LayerNumbers,
    lengths: Int32Array,
    weights: readonly Float32Array[],
    x: Float32Array,
    tape: Float32Array,
    dy: Float32Array,
    gradients: readonly Float32Array[],
    scratch: Float32Array,
  ): void;
  /** Normalises rows in place. */
  norm(
    values: Float32Array,
    weight: Float32Array,
    bias: Float32Array,
    normal: Float32Array | null,
    scale: Float32Array | null,
    epsilon: number,
  ): void;
  /** From dy to dx, in place; sets the gradients. */
  normBackward(
    dy: Float32Array,
    normal: Float32Array,
    scale: Float32Array,
    weight: Float32Array,
    dWeight: Float32Array,
    dBias: Float32Array,
  ): void;
  /** Drops elements in place. */
  dropout(values: Float32Array, rate: number, first: number, second: number): void;
  /** The same of an LSTM layer; `sizes`: steps, rows, inputs, units. */
  lstmMemory(sizes: Int32Array, masked: boolean): [tape: number, scratch: number];
  /** Sets `hidden`, `[steps, rows, units]`, and the tape. */
  lstmForward(
    sizes: Int32Array,
    x: Float32Array,
    matrix: Float32Array,
    bias: Float32Array,
    mask: Float32Array | null,
    hidden: Float32Array,
    tape: Float32Array,
    scratch: Float32Array,
  ): void;
  /** Sets the last three arrays but one; the tape is used up. */
  lstmBackward(
    sizes: Int32Array,
    x: Float32Array,
    matrix: Float32Array,
    mask: Float32Array | null,
    hidden: Float32Array,
    tape: Float32Array,
    dHidden: Float32Array,
    dInput: Float32Array,
    dMatrix: Float32Array,
    dBias: Float32Array,
    scratch: Float32Array,
  ): void;
  /** Rows of `table` by `ids` into `to`, one each; zeros for id 0. */
  readRows(ids: Int32Array, table: Float32Array, width: number, to: Float32Array): void;
  /** Adds them to the fewer rows of `to`, which ids take in turn. */
  addUpRows(ids: Int32Array, table: Float32Array, width: number, to: Float32Array): void;
  /**
   * Adds up rows of `from`, which ids take in turn, by id; `slots` has a 0 for every word, before and after.
   *
   * @returns how many of `words` and of the rows of `sums` were set
   */
  sumByWord(
    ids: Int32Array,
    from: Float32Array,
    width: number,
    slots: Int32Array,
    words: Int32Array,
    sums: Float32Array,
  ): number;
  /** Adam's move of one array. */
  adamMove(w: Float32Array, m: Float32Array, v: Float32Array, g: Float32Array, alpha: number): void;
  /** Brings rows up to date. */
  adamCatchUpRows(...owed: Owed): void;
  /** The same, and then the step after it. */
  adamMoveRows(...owedAndStep: [...Owed, g: Float32Array, alpha: number]): void;
  /** AdamW's move of one array; `numbers`: what stays, step size, ε, scale of the gradient. */
  adamWStep(w: Float32Array, m: Float32Array, v: Float32Array, g: Float32Array, numbers: Float64Array): void;
  sumOfSquares(values: Float32Array): number;
}

export interface Kernel extends Library {
  /** For tags: source, variant and compiler. */
  readonly version: string;
}

/** `GRIDSEARCH_KERNEL` for TensorFlow's own kernels. */
const OFF = 'off';

/** Why the kernel that `GRIDSEARCH_KERNEL` names can't be had; undefined when it can, or none is named. */
export function kernelProblem(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const wanted = env.GRIDSEARCH_KERNEL;
  if (!wanted || wanted === OFF) return undefined;
  const known = variantsHere().map(({ name }) => name);
  if (!known.includes(wanted)) {
    return `GRIDSEARCH_KERNEL is ${wanted}; here it may be ${[...known, OFF].join(', ')}`;
  }
  const here = runnable().map(({ name }) => name);
  if (!here.includes(wanted)) {
    return `GRIDSEARCH_KERNEL is ${wanted}, which this processor lacks; it has ${here.join(', ') || 'none'}`;
  }
  if (builtKernels(env)?.files[wanted] !== undefined) return undefined;
  return `GRIDSEARCH_KERNEL is ${wanted}, which was not compiled here; \`${SETUP_COMMAND}\` tells why`;
}

/**
 * The kernels for this processor, or those that `GRIDSEARCH_KERNEL` names; undefined where set-up had no compiler.
 *
 * @throws Error when the one that the variable names does not load
 */
export function loadKernel(env: NodeJS.ProcessEnv = process.env): Kernel | undefined {
  const problem = kernelProblem(env);
  if (problem !== undefined) throw new Error(`${problem}.`);
  const chosen = chosenKernel(env);
  if (chosen === undefined) return undefined;
  try {
    const library = createRequire(import.meta.url)(chosen.path) as Library;
    return { ...library, version: chosen.version };
  } catch (error) {
    if (env.GRIDSEARCH_KERNEL) throw error;
    return undefined;
  }
}

/** The file that would be loaded, and what it is called in tags. */
export function chosenKernel(env: NodeJS.ProcessEnv): { path: string; version: string } | undefined {
  const wanted = env.GRIDSEARCH_KERNEL;
  const built = builtKernels(env);
  if (wanted === OFF || built === undefined) return undefined;
  const name = wanted || runnable().find((one) => built.files[one.name] !== undefined)?.name;
  const file = name === undefined ? undefined : built.files[name];
  if (file === undefined) return undefined;
  return { path: join(built.folder, file), version: `kernel ${built.source} ${name}, ${built.compiler}` };
}
