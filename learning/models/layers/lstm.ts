/**
 * An LSTM layer in one or two directions over padded rows, on top of the engine's kernel. The second direction reads each row
 * from its last word to its first; padding stays at the end, so neither direction ever sees it.
 */
import { type LstmKernel, type LstmWeights, reusedFloats } from '../../engine/index.js';
import type { TokenBatch } from '../../features/index.js';
import type { Random } from '../../random/index.js';
import { applyMask, dropoutMask } from './dropout.js';

export interface LstmLayerOptions {
  readonly inputs: number;
  /** Hidden units of each direction. */
  readonly units: number;
  /** One entry reads forward; a second reads backward. */
  readonly weights: readonly LstmWeights[];
  /** Output every step, or the state after each row's last word. */
  readonly returnSequences: boolean;
  /** Same mask at every step (Gal and Ghahramani, 2016), as Keras has it. */
  readonly inputDropout: number;
  readonly recurrentDropout: number;
}

export interface LstmLayerPass {
  /** `[steps, rows, directions × units]` or `[rows, directions × units]`, the directions side by side. */
  readonly output: Float32Array;
  /** Gradients by the input, valid until the next pass, and by the layer's `trainable` arrays, given that by `output`. */
  backward(gradient: Float32Array): { input: Float32Array; weights: Float32Array[] };
}

export interface LstmLayer extends LstmLayerOptions {
  readonly trainable: readonly Float32Array[];
  /** @param x - `[steps, rows, inputs]` */
  forward(x: Float32Array, batch: TokenBatch, random?: Random): LstmLayerPass;
}

export function lstmLayer(kernel: LstmKernel, options: LstmLayerOptions): LstmLayer {
  const { inputs, units, weights, returnSequences } = options;
  const width = weights.length * units;
  const gradientMemory = reusedFloats();
  return {
    ...options,
    trainable: weights.flatMap(({ matrix, bias }) => [matrix, bias]),
    forward(x, batch, random) {
      const { rows, steps } = batch;
      const output = new Float32Array((returnSequences ? steps * rows : rows) * width);
      const directions = weights.map((own, direction) => {
        // The kernel may keep `input` until `backward`, so each direction has its own.
        const inputMask = dropoutMask(rows * inputs, options.inputDropout, random);
        const recurrentMask = dropoutMask(rows * units, options.recurrentDropout, random);
        const ordered = direction === 0 ? (inputMask ? x.slice() : x) : reversed(x, inputs, batch);
        const input = applyMask(ordered, inputMask);
        const pass = kernel(
          input,
          own,
          { steps, rows, inputs, units },
          { training: !!random, recurrentMask },
        );
        eachOutput(batch, returnSequences, direction === 1, (from, to) => {
          const at = to * width + direction * units;
          for (let u = 0; u < units; u++) output[at + u] = pass.hidden[from * units + u]!;
        });
        return { pass, inputMask };
      });
      return {
        output,
        backward(gradient) {
          let input: Float32Array | undefined;
          const found = directions.flatMap(({ pass, inputMask }, direction) => {
            const hiddenGradient = gradientMemory(steps * rows * units).fill(0);
            eachOutput(batch, returnSequences, direction === 1, (from, to) => {
              const at = to * width + direction * units;
              for (let u = 0; u < units; u++) hiddenGradient[from * units + u] = gradient[at + u]!;
            });
            const gradients = pass.backward(hiddenGradient);
            applyMask(gradients.input, inputMask);
            if (direction === 0) {
              input = gradients.input;
            } else {
              const back = reversed(gradients.input, inputs, batch);
              for (let k = 0; k < back.length; k++) input![k]! += back[k]!;
            }
            return [gradients.matrix, gradients.bias];
          });
          return { input: input!, weights: found };
        },
      };
    },
  };
}

/** Calls with (position in the direction's own `[steps, rows]`, position in the output) of every vector the layer puts out. */
function eachOutput(
  { rows, steps, lengths }: TokenBatch,
  returnSequences: boolean,
  backwards: boolean,
  copy: (from: number, to: number) => void,
): void {
  for (let r = 0; r < rows; r++) {
    const length = lengths[r]!;
    if (!returnSequences) {
      copy((length - 1) * rows + r, r);
      continue;
    }
    // Padded steps put out zeros and take no gradient.
    for (let t = 0; t < Math.min(length, steps); t++) {
      copy((backwards ? length - 1 - t : t) * rows + r, t * rows + r);
    }
  }
}

/** Each row's first `length` steps in reverse order; padding stays zero. `[steps, rows, width]` both. */
function reversed(x: Float32Array, width: number, { rows, lengths }: TokenBatch): Float32Array {
  const y = new Float32Array(x.length);
  for (let r = 0; r < rows; r++) {
    const length = lengths[r]!;
    for (let t = 0; t < length; t++) {
      const from = (t * rows + r) * width;
      y.set(x.subarray(from, from + width), ((length - 1 - t) * rows + r) * width);
    }
  }
  return y;
}
