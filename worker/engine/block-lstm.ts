/**
 * The LSTM through TensorFlow's fused kernels: one call for all time steps forward, one backward.
 * https://www.tensorflow.org/api_docs/python/tf/raw_ops/BlockLSTMV2 (gates i, f, c, o, as Keras has them; no
 * peepholes, no clipping of the cell). The kernels have no recurrent dropout; with it, the stepwise kernel answers.
 */

import { createRequire } from 'node:module';
import type * as tfjs from '@tensorflow/tfjs';
import { stepwiseLstm } from './stepwise-lstm.js';
import type { LstmKernel } from './types.js';

/** What is used of the native backend; its own types need the optional package. */
interface NativeBackend {
  readonly binding: {
    readonly TF_ATTR_FLOAT: number;
    readonly TF_ATTR_BOOL: number;
    readonly TF_ATTR_TYPE: number;
    readonly TF_FLOAT: number;
  };
  executeMultipleOutputs(op: string, attributes: object[], inputs: object[], outputs: number): tfjs.Tensor[];
}

type Int64Scalar = new (value: number) => object;

/** @throws Error when `tf` does not run on the native backend. */
export function blockLstm(tf: typeof tfjs): LstmKernel {
  const backend = tf.backend() as unknown as NativeBackend;
  const { binding } = backend;
  const { Int64Scalar } = createRequire(import.meta.url)('@tensorflow/tfjs-node/dist/int64_tensors.js') as {
    Int64Scalar: Int64Scalar;
  };
  const shared = [
    { name: 'use_peephole', type: binding.TF_ATTR_BOOL, value: false },
    { name: 'T', type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT },
  ];
  const forwardAttributes = [{ name: 'cell_clip', type: binding.TF_ATTR_FLOAT, value: 0 }, ...shared];
  const stepwise = stepwiseLstm(tf);

  return (input, weights, shape, options) => {
    if (options.recurrentMask) return stepwise(input, weights, shape, options);
    const { steps, rows, inputs, units } = shape;
    const sequence = [steps, rows, units];
    const x = tf.tensor3d(input, [steps, rows, inputs]);
    const w = tf.tensor2d(weights.matrix, [inputs + units, 4 * units]);
    const b = tf.tensor1d(weights.bias);
    const state = tf.tensor2d(new Float32Array(rows * units), [rows, units]); // both initial states
    const peephole = tf.tensor1d(new Float32Array(units)); // required, not read
    const operands = [new Int64Scalar(steps), x, state, state, w, peephole, peephole, peephole, b];
    const gates = backend.executeMultipleOutputs('BlockLSTMV2', forwardAttributes, operands, 7);
    const [i, cs, f, o, ci, co, h] = gates;
    const kept = [x, w, b, state, peephole, ...gates];
    const hidden = h!.dataSync<'float32'>();
    if (!options.training) {
      tf.dispose(kept);
      return { hidden, backward: untrained };
    }
    return {
      hidden,
      backward(hiddenGradient) {
        const csGradient = tf.tensor3d(new Float32Array(steps * rows * units), [steps, rows, units]);
        const hGradient = tf.tensor(hiddenGradient, sequence);
        const results = [i!, cs!, f!, o!, ci!, co!, h!, csGradient, hGradient];
        const gradients = backend.executeMultipleOutputs(
          'BlockLSTMGradV2',
          shared,
          [...operands, ...results],
          8,
        );
        const read = (index: number): Float32Array => gradients[index]!.dataSync<'float32'>();
        const found = { input: read(0), matrix: read(3), bias: read(7) };
        tf.dispose([...kept, csGradient, hGradient, ...gradients]);
        return found;
      },
    };
  };
}

function untrained(): never {
  throw new Error('This LSTM pass was made without `training`, so it has no gradients.');
}
