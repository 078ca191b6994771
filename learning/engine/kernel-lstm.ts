/** The LSTM by our own kernel, recurrent dropout included. */
import type { Kernel } from './kernel.js';
import type { LstmKernel } from './types.js';

export function kernelLstm(kernel: Kernel): LstmKernel {
  /** What passes hand back for the next: at most as many as there are layers and directions under way. */
  const tapes: Float32Array[] = [];
  let scratch = new Float32Array(0);

  /** The smallest that is long enough; else a new one in the place of one that is not. */
  const tapeOf = (length: number): Float32Array => {
    const fit = tapes.findIndex((tape) => tape.length >= length);
    const [found] = tapes.splice(Math.max(0, fit), 1);
    return found !== undefined && found.length >= length ? found : new Float32Array(length);
  };

  return (x, { matrix, bias }, { steps, rows, inputs, units }, { training, recurrentMask = null }) => {
    const sizes = Int32Array.of(steps, rows, inputs, units);
    const [tapeSize, scratchSize] = kernel.lstmMemory(sizes, recurrentMask !== null);
    if (scratch.length < scratchSize) scratch = new Float32Array(scratchSize);
    const tape = tapeOf(tapeSize);
    const hidden = new Float32Array(steps * rows * units);
    kernel.lstmForward(sizes, x, matrix, bias, recurrentMask, hidden, tape, scratch);
    if (!training) {
      tapes.push(tape);
      return { hidden, backward: untrained };
    }
    return {
      hidden,
      backward(hiddenGradient) {
        const gradients = {
          input: new Float32Array(x.length),
          matrix: new Float32Array(matrix.length),
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
          scratch,
        );
        tapes.push(tape);
        return gradients;
      },
    };
  };
}

function untrained(): never {
  throw new Error('This LSTM pass was made without `training`, so it has no gradients.');
}
