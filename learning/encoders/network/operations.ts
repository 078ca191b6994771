/**
 * The pieces of a Transformer layer over TensorFlow.js tensors, each with its gradient written out. Written out, since that
 * keeps only what the gradient reads, ends at the lowest trained layer, and takes fewer operations than the automatic one.
 *
 * Matrices are `[tokens, width]`, the tokens of all rows below each other.
 */
import type * as tfjs from '@tensorflow/tfjs';
import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';

/** A result, and the way back from the gradient by it; the way back exists on recording tapes alone. */
export interface Step<Result extends Tensor = Tensor2D> {
  readonly y: Result;
  /** Gradients by the input and by the weights, in their order. */
  backward(dy: Result): { dx: Result; weights: Tensor[] };
}

/** Keeps the tensors that the way back reads. */
export interface Tape {
  keep<T extends Tensor>(tensor: T): T;
  dispose(): void;
}

/** @param recording - Without it nothing is kept. */
export function tape(tf: typeof tfjs, recording: boolean): Tape {
  const kept: Tensor[] = [];
  return {
    keep(tensor) {
      if (recording) kept.push(tf.keep(tensor));
      return tensor;
    },
    dispose: () => tf.dispose(kept),
  };
}

/** Weights of a product or of a normalisation, in the engine's memory. */
export interface Pair {
  readonly weight: Tensor;
  readonly bias: Tensor;
}

/** A matrix product of either operand's transpose. */
export type Product = <T extends Tensor>(a: T, b: T, transposeA?: boolean, transposeB?: boolean) => T;

/** The WebAssembly backend has a fast product for operands as they are only; there they are transposed first. */
export function productOf({ tf, name }: Engine): Product {
  if (name !== 'wasm') return (a, b, transposeA, transposeB) => tf.matMul(a, b, transposeA, transposeB);
  const turned = <T extends Tensor>(x: T, turn: boolean | undefined): T => {
    if (!turn) return x;
    const axes = [...x.shape.keys()];
    return tf.transpose(x, [...axes.slice(0, -2), axes.length - 1, axes.length - 2]);
  };
  return (a, b, transposeA, transposeB) => tf.matMul(turned(a, transposeA), turned(b, transposeB));
}

/**
 * y = x Wᵀ + b
 *
 * @param again - Makes x once more; where given, x is not kept.
 */
export function linear(
  engine: Engine,
  tape: Tape,
  x: Tensor2D,
  { weight, bias }: Pair,
  again?: () => Tensor2D,
): Step {
  const { tf } = engine;
  const product = productOf(engine);
  if (!again) tape.keep(x);
  return {
    y: tf.add<Tensor2D>(product(x, weight as Tensor2D, false, true), bias),
    backward: (dy) => ({
      dx: product(dy, weight as Tensor2D),
      weights: [product(dy, again ? again() : x, true), tf.sum<Tensor1D>(dy, 0)],
    }),
  };
}

/** y = (x − mean) / √(variance + ε) · γ + β over each token's width. */
export function layerNorm(
  { tf }: Engine,
  tape: Tape,
  x: Tensor2D,
  { weight, bias }: Pair,
  epsilon: number,
): Step {
  const centred = tf.sub<Tensor2D>(x, tf.mean(x, 1, true));
  const scale = tape.keep(tf.rsqrt(tf.add(tf.mean(tf.square(centred), 1, true), epsilon)));
  const normal = tape.keep(tf.mul<Tensor2D>(centred, scale));
  return {
    y: tf.add<Tensor2D>(tf.mul(normal, weight), bias),
    backward(dy) {
      const dyNormal = tf.mul<Tensor2D>(dy, normal);
      const dNormal = tf.mul<Tensor2D>(dy, weight);
      // Both means are over the width, with γ inside.
      const along = tf.mul(normal, tf.mean(tf.mul(dyNormal, weight), 1, true));
      const level = tf.mean(dNormal, 1, true);
      return {
        dx: tf.mul<Tensor2D>(tf.sub(tf.sub(dNormal, level), along), scale),
        weights: [tf.sum(dyNormal, 0), tf.sum(dy, 0)],
      };
    },
  };
}

/**
 * y = x Φ(x), with the normal distribution's own Φ and not the approximation by tanh.
 *
 * @returns Also `again`, which makes y once more from what is kept: one cheap pass, for the widest of all tensors.
 */
export function gelu({ tf }: Engine, tape: Tape, x: Tensor2D): Step & { again(): Tensor2D } {
  tape.keep(x);
  const below = tape.keep(tf.add<Tensor2D>(tf.mul(tf.erf(tf.mul(x, Math.SQRT1_2)), 0.5), 0.5));
  const again = (): Tensor2D => tf.mul(x, below);
  return {
    y: again(),
    again,
    backward(dy) {
      const density = tf.mul(tf.exp(tf.mul(tf.square(x), -0.5)), 1 / Math.sqrt(2 * Math.PI));
      return { dx: tf.mul<Tensor2D>(dy, tf.add(below, tf.mul(x, density))), weights: [] };
    },
  };
}
