/** A fully connected layer: `y = x W + b`, `x [rows, inputs]`, `W [inputs, outputs]`, `b [outputs]`. */

export interface DenseWeights {
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
}

/** @returns `[rows, outputs]` */
export function dense(x: Float32Array, { kernel, bias }: DenseWeights): Float32Array {
  const outputs = bias.length;
  const inputs = kernel.length / outputs;
  const rows = x.length / inputs;
  const y = new Float32Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    const to = r * outputs;
    for (let o = 0; o < outputs; o++) y[to + o] = bias[o]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[r * inputs + i]!;
      if (value === 0) continue; // dropped out or cut off by relu
      const from = i * outputs;
      for (let o = 0; o < outputs; o++) y[to + o]! += value * kernel[from + o]!;
    }
  }
  return y;
}

/**
 * @param dy - Gradient by the layer's output, `[rows, outputs]`.
 * @returns Gradients by `x`, the kernel and the bias, in their shapes.
 */
export function denseGradient(
  x: Float32Array,
  dy: Float32Array,
  { kernel, bias }: DenseWeights,
): { dx: Float32Array; dKernel: Float32Array; dBias: Float32Array } {
  const outputs = bias.length;
  const inputs = kernel.length / outputs;
  const rows = x.length / inputs;
  const dx = new Float32Array(x.length);
  const dKernel = new Float32Array(kernel.length);
  const dBias = new Float32Array(outputs);
  for (let r = 0; r < rows; r++) {
    const at = r * outputs;
    for (let o = 0; o < outputs; o++) dBias[o]! += dy[at + o]!;
    for (let i = 0; i < inputs; i++) {
      const value = x[r * inputs + i]!;
      const from = i * outputs;
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        const g = dy[at + o]!;
        sum += g * kernel[from + o]!;
        dKernel[from + o]! += value * g;
      }
      dx[r * inputs + i] = sum;
    }
  }
  return { dx, dKernel, dBias };
}
