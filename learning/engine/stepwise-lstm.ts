/**
 * The LSTM (Hochreiter and Schmidhuber, 1997; forget gate of Gers et al., 2000) with as few backend calls as its recurrence
 * allows: one matrix product for the inputs of all steps, one small product a step for the state, gate arithmetic
 * in JavaScript on the results, and a backward pass derived by hand. For engines without a fused kernel, and for recurrent dropout.
 *
 *     z_t = x_t W + (r ⊙ h_{t−1}) R + b        z_t = [i, f, g, o] before activation, r the recurrent dropout mask
 *     i, f, o = σ(·)    g = tanh(·)
 *     c_t = f ⊙ c_{t−1} + i ⊙ g
 *     h_t = o ⊙ tanh(c_t)
 *
 * Backward, with δ for ∂loss/∂·, from the last step to the first:
 *
 *     δc_t += δh_t ⊙ o ⊙ (1 − tanh²(c_t))
 *     δz_t = [δc ⊙ g ⊙ i(1−i),  δc ⊙ c_{t−1} ⊙ f(1−f),  δc ⊙ i ⊙ (1−g²),  δh ⊙ tanh(c_t) ⊙ o(1−o)]
 *     δc_{t−1} = δc_t ⊙ f        δh_{t−1} += r ⊙ (δz_t Rᵀ)
 *     δW = Σ x_tᵀ δz_t    δR = Σ (r ⊙ h_{t−1})ᵀ δz_t    δb = Σ δz_t    δx_t = δz_t Wᵀ
 *
 * the sums over t each being one matrix product over all steps.
 */
import type * as tfjs from '@tensorflow/tfjs';
import type { LstmKernel } from './types.js';

export function stepwiseLstm(tf: typeof tfjs): LstmKernel {
  /** `a [m, k] · b [k, n]`, read back at once. */
  const product = (a: tfjs.Tensor2D, b: tfjs.Tensor2D): Float32Array => {
    const result = tf.matMul(a, b);
    const values = result.dataSync<'float32'>();
    result.dispose();
    return values;
  };
  // The wasm backend multiplies with a transposed operand ten times slower than it transposes and multiplies.
  const transposed = (a: tfjs.Tensor2D): tfjs.Tensor2D => tf.transpose(a);

  return (input, weights, shape, options) => {
    const { steps, rows, inputs, units } = shape;
    const size = rows * units; // one state
    const mask = options.recurrentMask;
    const x = tf.tensor2d(input, [steps * rows, inputs]);
    const W = tf.tensor2d(weights.matrix.subarray(0, inputs * 4 * units), [inputs, 4 * units]);
    const R = tf.tensor2d(weights.matrix.subarray(inputs * 4 * units), [units, 4 * units]);
    // z becomes the activated gates in place: [steps, rows, 4 × units]
    const z = Float32Array.from(product(x, W));
    const cell = new Float32Array(steps * size);
    const squashed = new Float32Array(steps * size); // tanh(c_t)
    const hidden = new Float32Array(steps * size);
    const fed = new Float32Array(steps * size); // r ⊙ h_{t−1}; zero at t = 0
    for (let t = 0; t < steps; t++) {
      let recurrent: Float32Array | undefined;
      if (t > 0) {
        const previous = hidden.subarray((t - 1) * size, t * size);
        const now = fed.subarray(t * size, (t + 1) * size);
        if (mask) for (let k = 0; k < size; k++) now[k] = previous[k]! * mask[k]!;
        else now.set(previous);
        const h = tf.tensor2d(now, [rows, units]);
        recurrent = product(h, R);
        h.dispose();
      }
      activate(t, recurrent);
    }
    if (!options.training) {
      tf.dispose([x, W, R]);
      return { hidden, backward: untrained };
    }
    return { hidden, backward };

    function activate(t: number, recurrent: Float32Array | undefined): void {
      for (let row = 0; row < rows; row++) {
        const local = row * 4 * units;
        const at = t * rows * 4 * units + local;
        for (let u = 0; u < units; u++) {
          const [zi, zf, zg, zo] = [at + u, at + units + u, at + 2 * units + u, at + 3 * units + u];
          const state = t * size + row * units + u;
          let a = z[zi]! + weights.bias[u]!;
          let b = z[zf]! + weights.bias[units + u]!;
          let c = z[zg]! + weights.bias[2 * units + u]!;
          let d = z[zo]! + weights.bias[3 * units + u]!;
          if (recurrent) {
            a += recurrent[local + u]!;
            b += recurrent[local + units + u]!;
            c += recurrent[local + 2 * units + u]!;
            d += recurrent[local + 3 * units + u]!;
          }
          const i = sigmoid(a);
          const f = sigmoid(b);
          const g = tanh(c);
          const o = sigmoid(d);
          z[zi] = i;
          z[zf] = f;
          z[zg] = g;
          z[zo] = o;
          const memory = (t > 0 ? f * cell[state - size]! : 0) + i * g;
          const out = tanh(memory);
          cell[state] = memory;
          squashed[state] = out;
          hidden[state] = o * out;
        }
      }
    }

    function backward(hiddenGradient: Float32Array) {
      const dz = new Float32Array(steps * rows * 4 * units);
      const dc = new Float32Array(size);
      let dh: Float32Array | undefined; // δz_{t+1} Rᵀ
      const Rt = transposed(R);
      const dBias = new Float32Array(4 * units);
      for (let t = steps - 1; t >= 0; t--) {
        for (let row = 0; row < rows; row++) {
          const at = (t * rows + row) * 4 * units;
          for (let u = 0; u < units; u++) {
            const k = row * units + u;
            const state = t * size + k;
            const i = z[at + u]!;
            const f = z[at + units + u]!;
            const g = z[at + 2 * units + u]!;
            const o = z[at + 3 * units + u]!;
            const out = squashed[state]!;
            const gradient = hiddenGradient[state]! + (dh ? dh[k]! * (mask ? mask[k]! : 1) : 0);
            const memory = dc[k]! + gradient * o * (1 - out * out);
            const di = memory * g * i * (1 - i);
            const df = t > 0 ? memory * cell[state - size]! * f * (1 - f) : 0;
            const dg = memory * i * (1 - g * g);
            const dOut = gradient * out * o * (1 - o);
            dz[at + u] = di;
            dz[at + units + u] = df;
            dz[at + 2 * units + u] = dg;
            dz[at + 3 * units + u] = dOut;
            dBias[u]! += di;
            dBias[units + u]! += df;
            dBias[2 * units + u]! += dg;
            dBias[3 * units + u]! += dOut;
            dc[k] = memory * f;
          }
        }
        if (t > 0) {
          const step = tf.tensor2d(dz.subarray(t * rows * 4 * units, (t + 1) * rows * 4 * units), [
            rows,
            4 * units,
          ]);
          dh = product(step, Rt);
          step.dispose();
        }
      }
      const dZ = tf.tensor2d(dz, [steps * rows, 4 * units]);
      const H = tf.tensor2d(fed, [steps * rows, units]);
      const matrix = new Float32Array(weights.matrix.length);
      const [Xt, Ht, Wt] = [transposed(x), transposed(H), transposed(W)];
      matrix.set(product(Xt, dZ));
      matrix.set(product(Ht, dZ), inputs * 4 * units);
      const inputGradient = product(dZ, Wt);
      tf.dispose([x, W, R, Rt, Xt, Ht, Wt, dZ, H]);
      return { input: inputGradient, matrix, bias: dBias };
    }
  };
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

/** By the exponential, four times as fast as `Math.tanh`; the error is below single precision's. */
function tanh(x: number): number {
  return 1 - 2 / (1 + Math.exp(2 * x));
}

function untrained(): never {
  throw new Error('This LSTM pass was made without `training`, so it has no gradients.');
}
