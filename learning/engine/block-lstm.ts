/**
 * The LSTM through TensorFlow's fused kernels: one call for all time steps forward, one backward.
 * https://www.tensorflow.org/api_docs/python/tf/raw_ops/BlockLSTMV2 (gates i, f, c, o, as Keras has them; no
 * peepholes, no clipping of the cell). The kernels have no recurrent dropout; with it, the stepwise kernel answers.
 *
 * It speaks to the binding beneath the tfjs-node backend rather than through tensors: an optimizer step makes two calls here, and
 * whatever TensorFlow.js adds to each is a visible part of a small batch. The price is that handles are freed by hand.
 */
import type * as tfjs from '@tensorflow/tfjs';
import { stepwiseLstm } from './stepwise-lstm.js';
import type { LstmKernel } from './types.js';

/** A tensor inside TensorFlow, until deleted. */
type Handle = number;

/** What is used of tfjs-node's binding; its own types come with the optional package. */
interface Binding {
  createTensor(shape: number[], type: number, values: Float32Array | Int32Array): Handle;
  deleteTensor(handle: Handle): void;
  tensorDataSync(handle: Handle): Float32Array;
  executeOp(op: string, attributes: object[], inputs: Handle[], outputs: number): { id: Handle }[];
  readonly TF_FLOAT: number;
  readonly TF_INT64: number;
  readonly TF_ATTR_FLOAT: number;
  readonly TF_ATTR_BOOL: number;
  readonly TF_ATTR_TYPE: number;
}

/** @throws Error when `tf` does not run on the native backend. */
export function blockLstm(tf: typeof tfjs): LstmKernel {
  const { binding } = tf.backend() as unknown as { binding?: Binding };
  if (!binding) throw new Error('The block LSTM needs the tfjs-node backend.');
  const stepwise = stepwiseLstm(tf);
  const shared = [
    { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ];
  const forwardAttributes = [{ name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: 0 }, ...shared];

  // The handle may share the array's memory, so an array must not change while its handle lives.
  const upload = (values: Float32Array, ...shape: number[]): Handle =>
    binding.createTensor(shape, binding.TF_FLOAT, values);

  // Kept for the life of the process: at most one per sequence length and per size of layer.
  const stepScalars = new Map<number, Handle>();
  const peepholes = new Map<number, Handle>();
  const cached = (cache: Map<number, Handle>, key: number, create: () => Handle): Handle => {
    const known = cache.get(key) ?? create();
    cache.set(key, known);
    return known;
  };

  return (input, weights, shape, options) => {
    if (options.recurrentMask) return stepwise(input, weights, shape, options);
    const { steps, rows, inputs, units } = shape;
    const size = steps * rows * units;
    // An int64 scalar, as two halves, the low one first.
    const count = cached(stepScalars, steps, () =>
      binding.createTensor([], binding.TF_INT64, Int32Array.of(steps, 0)),
    );
    const peephole = cached(peepholes, units, () => upload(new Float32Array(units), units)); // required, not read
    const x = upload(input, steps, rows, inputs);
    const w = upload(weights.matrix, inputs + units, 4 * units);
    const b = upload(weights.bias, 4 * units);
    const zero = upload(new Float32Array(rows * units), rows, units); // both initial states
    const operands = [count, x, zero, zero, w, peephole, peephole, peephole, b];
    const results = binding.executeOp('BlockLSTMV2', forwardAttributes, operands, 7).map(({ id }) => id);
    const kept = [x, w, b, zero, ...results];
    const [i, cs, f, o, ci, co, h] = results as [Handle, Handle, Handle, Handle, Handle, Handle, Handle];
    const hidden = binding.tensorDataSync(h);
    if (!options.training) {
      for (const handle of kept) binding.deleteTensor(handle);
      return { hidden, backward: untrained };
    }
    return {
      hidden,
      backward(hiddenGradient) {
        const dCs = upload(new Float32Array(size), steps, rows, units);
        const dH = upload(hiddenGradient, steps, rows, units);
        const known = [...operands, i, cs, f, o, ci, co, h, dCs, dH];
        const gradients = binding.executeOp('BlockLSTMGradV2', shared, known, 8).map(({ id }) => id);
        const read = (index: number): Float32Array => binding.tensorDataSync(gradients[index]!);
        const found = { input: read(0), matrix: read(3), bias: read(7) };
        for (const handle of [...kept, dCs, dH, ...gradients]) binding.deleteTensor(handle);
        return found;
      },
    };
  };
}

function untrained(): never {
  throw new Error('This LSTM pass was made without `training`, so it has no gradients.');
}
