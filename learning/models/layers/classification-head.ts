/**
 * What turns a text's vector into scores: a dense layer, drawn anew, or the head that a classification checkpoint brought, which has
 * a layer with tanh below it.
 */
import type { ClassificationHead } from '../../encoders/index.js';
import { type Gradient, glorotUniform } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import { type NamedWeights, outputs } from '../types.js';
import { type DenseWeights, dense, denseGradient } from './dense.js';

export interface Head {
  readonly trainable: readonly Float32Array[];
  /** For each of them, whether weight decay is for it. */
  readonly decays: readonly boolean[];
  readonly weights: readonly NamedWeights[];
  /** @param x - `[rows, hidden]` */
  forward(x: Float32Array): {
    logits: Float32Array;
    backward(logitGradient: Float32Array): { dx: Float32Array; gradients: Gradient[] };
  };
}

/** @param given - A checkpoint's; copied, so that every call starts from it. */
export function classificationHead(
  hidden: number,
  classes: number,
  given: ClassificationHead | undefined,
  random: Random,
): Head {
  const columns = outputs(classes);
  const inner = given && {
    kernel: transposed(given.inner.weight, hidden, hidden),
    bias: given.inner.bias.slice(),
  };
  const output = given
    ? givenOutput(given, hidden, classes)
    : { kernel: glorotUniform(hidden, columns, random), bias: new Float32Array(columns) };
  const layers = [...(inner ? [inner] : []), output];
  return {
    trainable: layers.flatMap(({ kernel, bias }) => [kernel, bias]),
    decays: layers.flatMap(() => [true, false]),
    weights: [
      ...(inner ? named('hidden', inner, [hidden, hidden]) : []),
      ...named('output', output, [hidden, columns]),
    ],
    forward(x) {
      const below = inner ? dense(x, inner).map(Math.tanh) : x;
      return {
        logits: dense(below, output),
        backward(logitGradient) {
          const last = denseGradient(below, logitGradient, output);
          const above = [{ values: last.dKernel }, { values: last.dBias }];
          if (!inner) return { dx: last.dx, gradients: above };
          const { dx, dKernel, dBias } = denseGradient(
            x,
            last.dx.map((g, i) => g * (1 - below[i]! ** 2)),
            inner,
          );
          return { dx, gradients: [{ values: dKernel }, { values: dBias }, ...above] };
        },
      };
    },
  };
}

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

const named = (name: string, { kernel, bias }: DenseWeights, shape: [number, number]): NamedWeights[] => [
  { name: `${name}/kernel`, shape, values: kernel },
  { name: `${name}/bias`, shape: [bias.length], values: bias },
];
