/**
 * What turns features into scores: a dense layer, and below it a hidden one if wanted. Drawn anew, or the head that a classification
 * checkpoint brought, whose hidden layer has tanh.
 */

import type { SymbolicTensor } from '@tensorflow/tfjs';
import type { ClassificationHead } from '../../encoders/index.js';
import { type Gradient, glorotUniform, type LayersApi } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import { type NamedWeights, outputs } from '../types.js';
import { type DenseWeights, dense, denseGradient } from './dense.js';

/** What a head is made for. */
export interface HeadShape {
  /** Numbers of a row. */
  readonly inputs: number;
  readonly classes: number;
  /** Units of a hidden relu layer. @defaultValue 0, for none */
  readonly hiddenUnits?: number;
  /** A checkpoint's, instead; copied, so that every call starts from it. */
  readonly given?: ClassificationHead | undefined;
}

export interface Head {
  readonly trainable: readonly Float32Array[];
  /** For each of them, whether weight decay is for it. */
  readonly decays: readonly boolean[];
  readonly weights: readonly NamedWeights[];
  /** @param x - `[rows, inputs]` */
  forward(x: Float32Array): {
    logits: Float32Array;
    backward(logitGradient: Float32Array): { dx: Float32Array; gradients: Gradient[] };
  };
}

/** A function of each number, and the way back from the gradient by its result `y`. */
interface Activation {
  of(x: number): number;
  back(g: number, y: number): number;
}

const RELU: Activation = { of: (x) => Math.max(0, x), back: (g, y) => (y > 0 ? g : 0) };
const TANH: Activation = { of: Math.tanh, back: (g, y) => g * (1 - y ** 2) };

export function denseHead({ inputs, classes, hiddenUnits = 0, given }: HeadShape, random: Random): Head {
  const units = given ? inputs : hiddenUnits;
  const { of, back } = given ? TANH : RELU;
  const inner = units > 0 && (given ? givenInner(given, inputs) : drawn(inputs, units, random));
  const top = units || inputs;
  const output = given ? givenOutput(given, inputs, classes) : drawn(top, outputs(classes), random);
  const layers = [...(inner ? [inner] : []), output];
  return {
    trainable: layers.flatMap(({ kernel, bias }) => [kernel, bias]),
    decays: layers.flatMap(() => [true, false]),
    weights: [...(inner ? named('hidden', inner) : []), ...named('output', output)],
    forward(x) {
      const below = inner ? dense(x, inner).map(of) : x;
      return {
        logits: dense(below, output),
        backward(logitGradient) {
          const last = denseGradient(below, logitGradient, output);
          const above = [{ values: last.dKernel }, { values: last.dBias }];
          if (!inner) return { dx: last.dx, gradients: above };
          const { dx, dKernel, dBias } = denseGradient(
            x,
            last.dx.map((g, i) => back(g, below[i]!)),
            inner,
          );
          return { dx, gradients: [{ values: dKernel }, { values: dBias }, ...above] };
        },
      };
    },
  };
}

/** The same in standard layers, on top of `features`; their weights are named as the head's. */
export function portableHead(
  tf: LayersApi,
  features: SymbolicTensor,
  { classes, hiddenUnits = 0, given, inputs }: HeadShape,
): SymbolicTensor {
  const add = (
    below: SymbolicTensor,
    name: string,
    units: number,
    activation: 'relu' | 'tanh' | 'sigmoid' | 'softmax',
  ) =>
    tf.layers.dense({ name, units, activation, kernelInitializer: 'zeros' }).apply(below) as SymbolicTensor;
  const units = given ? inputs : hiddenUnits;
  const below = units > 0 ? add(features, 'hidden', units, given ? 'tanh' : 'relu') : features;
  const columns = outputs(classes);
  return add(below, 'output', columns, columns === 1 ? 'sigmoid' : 'softmax');
}

const drawn = (inputs: number, units: number, random: Random): DenseWeights => ({
  kernel: glorotUniform(inputs, units, random),
  bias: new Float32Array(units),
});

const givenInner = ({ inner }: ClassificationHead, hidden: number): DenseWeights => ({
  kernel: transposed(inner.weight, hidden, hidden),
  bias: inner.bias.slice(),
});

/** Two classes have one score here, the difference of the checkpoint's two. */
function givenOutput({ output }: ClassificationHead, hidden: number, classes: number): DenseWeights {
  if (classes > 2) return { kernel: transposed(output.weight, classes, hidden), bias: output.bias.slice() };
  const kernel = Float32Array.from(
    { length: hidden },
    (_, k) => output.weight[hidden + k]! - output.weight[k]!,
  );
  return { kernel, bias: Float32Array.of(output.bias[1]! - output.bias[0]!) };
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = matrix[row * columns + column]!;
  }
  return turned;
}

const named = (name: string, { kernel, bias }: DenseWeights): NamedWeights[] => [
  { name: `${name}/kernel`, shape: [kernel.length / bias.length, bias.length], values: kernel },
  { name: `${name}/bias`, shape: [bias.length], values: bias },
];
