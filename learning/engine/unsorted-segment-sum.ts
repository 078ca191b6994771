/**
 * The one kernel that the wasm backend lacks for training with TensorFlow.js's own layers: the gradient of `gather`, hence of every
 * embedding. https://www.tensorflow.org/api_docs/python/tf/math/unsorted_segment_sum
 */
import type * as tfjs from '@tensorflow/tfjs';

/** The backend's part that a kernel written in JavaScript needs. */
interface WasmBackend {
  makeOutput(shape: number[], dtype: string): tfjs.TensorInfo;
  typedArrayFromHeap(tensor: tfjs.TensorInfo): Float32Array | Int32Array;
}

/** Registers `UnsortedSegmentSum` for backend `wasm`, unless it has one. */
export function registerUnsortedSegmentSum(tf: typeof tfjs): void {
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return;
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    /** `x [n, …]`, `segmentIds [n]` → `[numSegments, …]`; rows with a negative id are left out. */
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { x, segmentIds } = inputs as { x: tfjs.TensorInfo; segmentIds: tfjs.TensorInfo };
      const { numSegments } = attrs as unknown as { numSegments: number };
      const wasm = backend as unknown as WasmBackend;
      const rest = x.shape.slice(1);
      const width = rest.reduce((product, size) => product * size, 1);
      const output = wasm.makeOutput([numSegments, ...rest], x.dtype);
      const sums = wasm.typedArrayFromHeap(output);
      const values = wasm.typedArrayFromHeap(x);
      const ids = wasm.typedArrayFromHeap(segmentIds);
      sums.fill(0);
      for (let row = 0; row < ids.length; row++) {
        const segment = ids[row]!;
        if (segment < 0) continue;
        for (let k = 0; k < width; k++) sums[segment * width + k]! += values[row * width + k]!;
      }
      return output;
    },
  });
}
