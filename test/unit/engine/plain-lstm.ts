/** An LSTM layer in plain double-precision arithmetic, one number after the other: what the fast ones are held against. */
import type { LstmGradients, LstmShape, LstmWeights } from '../../../learning/engine/index.js';

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));

export interface PlainLstm extends LstmGradients {
  readonly hidden: Float32Array;
}

/** Forward, and the gradients of a loss whose gradient by `hidden` is `dHidden`. */
export function plainLstm(
  x: Float32Array,
  { matrix, bias }: LstmWeights,
  { steps, rows, inputs, units }: LstmShape,
  dHidden: Float32Array,
  mask?: Float32Array,
): PlainLstm {
  const wide = 4 * units;
  const at = (t: number, r: number, u: number): number => (t * rows + r) * units + u;
  const gates = new Float64Array(steps * rows * wide);
  const cells = new Float64Array(steps * rows * units);
  const hidden = new Float64Array(steps * rows * units);
  const fed = (t: number, r: number, u: number): number =>
    t === 0 ? 0 : hidden[at(t - 1, r, u)]! * (mask?.[r * units + u] ?? 1);
  for (let t = 0; t < steps; t++) {
    for (let r = 0; r < rows; r++) {
      const from = (t * rows + r) * wide;
      for (let k = 0; k < wide; k++) {
        let sum = bias[k]!;
        for (let i = 0; i < inputs; i++) sum += x[(t * rows + r) * inputs + i]! * matrix[i * wide + k]!;
        for (let u = 0; u < units; u++) sum += fed(t, r, u) * matrix[(inputs + u) * wide + k]!;
        gates[from + k] = k >= 2 * units && k < 3 * units ? Math.tanh(sum) : sigmoid(sum);
      }
      for (let u = 0; u < units; u++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates[from + gate * units + u]!);
        cells[at(t, r, u)] = i! * g! + (t === 0 ? 0 : f! * cells[at(t - 1, r, u)]!);
        hidden[at(t, r, u)] = o! * Math.tanh(cells[at(t, r, u)]!);
      }
    }
  }
  const input = new Float64Array(x.length);
  const dMatrix = new Float64Array(matrix.length);
  const dBias = new Float64Array(wide);
  const dCell = new Float64Array(rows * units);
  const dFed = new Float64Array(rows * units);
  for (let t = steps - 1; t >= 0; t--) {
    for (let r = 0; r < rows; r++) {
      const from = (t * rows + r) * wide;
      const dGates = new Float64Array(wide);
      for (let u = 0; u < units; u++) {
        const [i, f, g, o] = [0, 1, 2, 3].map((gate) => gates[from + gate * units + u]!);
        const bent = Math.tanh(cells[at(t, r, u)]!);
        const dH = dHidden[at(t, r, u)]! + dFed[r * units + u]! * (mask?.[r * units + u] ?? 1);
        const dC = dCell[r * units + u]! + dH * o! * (1 - bent ** 2);
        dGates[u] = dC * g! * i! * (1 - i!);
        dGates[units + u] = t === 0 ? 0 : dC * cells[at(t - 1, r, u)]! * f! * (1 - f!);
        dGates[2 * units + u] = dC * i! * (1 - g! ** 2);
        dGates[3 * units + u] = dH * bent * o! * (1 - o!);
        dCell[r * units + u] = dC * f!;
      }
      for (let k = 0; k < wide; k++) {
        dBias[k]! += dGates[k]!;
        for (let i = 0; i < inputs; i++) {
          dMatrix[i * wide + k]! += x[(t * rows + r) * inputs + i]! * dGates[k]!;
          input[(t * rows + r) * inputs + i]! += matrix[i * wide + k]! * dGates[k]!;
        }
        for (let u = 0; u < units; u++) dMatrix[(inputs + u) * wide + k]! += fed(t, r, u) * dGates[k]!;
      }
      for (let u = 0; u < units; u++) {
        let sum = 0;
        for (let k = 0; k < wide; k++) sum += matrix[(inputs + u) * wide + k]! * dGates[k]!;
        dFed[r * units + u] = sum;
      }
    }
  }
  const single = (values: Float64Array): Float32Array => Float32Array.from(values);
  return {
    hidden: single(hidden),
    input: single(input),
    matrix: single(dMatrix),
    bias: single(dBias),
  };
}
