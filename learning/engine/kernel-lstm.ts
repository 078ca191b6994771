/** The LSTM by our own kernel, recurrent dropout included. */
import type { Kernel } from './kernel.js';
import { reusedFloats } from './memory.js';
import type { LstmKernel } from './types.js';

export function kernelLstm(kernel: Kernel): LstmKernel {
  /** What passes hand back for the next: at most as many as there are layers and directions under way. */
  const idle: PassMemory[] = [];
  const scratchOf = reusedFloats();

  return (x, { matrix, bias }, { steps, rows, inputs, units }, { training, recurrentMask = null }) => {
    const sizes = Int32Array.of(steps, rows, inputs, units);
    const [tapeSize, scratchSize] = kernel.lstmMemory(sizes, recurrentMask !== null);
    const scratch = scratchOf(scratchSize);
    const memory = idle.pop() ?? newMemory();
    const tape = memory.tape(tapeSize);
    const hidden = memory.hidden(steps * rows * units);
    kernel.lstmForward(sizes, x, matrix, bias, recurrentMask, hidden, tape, scratch);
    if (!training) {
      idle.push(memory);
      return { hidden, backward: untrained };
    }
    return {
      hidden,
      backward(hiddenGradient) {
        const gradients = {
          input: memory.input(x.length),
          matrix: memory.matrix(matrix.length),
          bias: new Float32Array(bias.length),
        };
        kernel.lstmBackward(
          sizes,
          x,
          matrix,
          recurrentMask,
          hidden,
          tape,
          hiddenGradient,
          gradients.input,
          gradients.matrix,
          gradients.bias,
          scratchOf(scratchSize),
        );
        idle.push(memory);
        return gradients;
      },
    };
  };
}

/** What one pass needs from its way forward to its way back, and what the caller reads of it. */
const newMemory = () => ({
  tape: reusedFloats(),
  hidden: reusedFloats(),
  input: reusedFloats(),
  matrix: reusedFloats(),
});
type PassMemory = ReturnType<typeof newMemory>;

function untrained(): never {
  throw new Error('This LSTM pass was made without `training`, so it has no gradients.');
}
