/** The layers by our own kernels: on plain arrays, with every weight where the optimizer changes it, and no token of padding. */
import type { Gradient, Kernel } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import { packedLayout } from './layout.js';
import type { LayerStack, Lowest } from './stack.js';
import { EMBEDDING_ARRAYS, type EncoderArray, firstOfLayer, LAYER_PARTS } from './weights.js';

const LAYER_ARRAYS = 2 * LAYER_PARTS.length;
/** A layer draws two seeds for each of its three dropouts. */
const LAYER_SEEDS = 6;

export function kernelStack(
  kernel: Kernel,
  arrays: readonly EncoderArray[],
  config: EncoderConfig,
  lowest: Lowest,
): LayerStack {
  const { hidden, heads, intermediate, layers, layerNormEpsilon } = config;
  const valuesOf = (from: number, count: number) =>
    arrays.slice(from, from + count).map(({ values }) => values);
  const norm = valuesOf(EMBEDDING_ARRAYS - 2, 2);
  const weights = Array.from({ length: layers }, (_, k) => valuesOf(firstOfLayer(k), LAYER_ARRAYS));
  const rooms: Room[] = [];
  /** Of each frozen layer, whose weights never change; made when first asked for. */
  const packed = new Map<number, Float32Array>();
  /** Of each trained layer, and of the embeddings' normalisation; made when first asked for. */
  const gradientsOf = new Map<number, Float32Array[]>();
  const gradientArrays = (k: number, like: readonly Float32Array[]): Float32Array[] => {
    const found = gradientsOf.get(k) ?? like.map(({ length }) => new Float32Array(length));
    gradientsOf.set(k, found);
    return found;
  };

  return {
    layout: packedLayout,
    refresh: () => {},
    dispose: () => {},

    forward(sums, _batch, { lengths, tokens }, dropout?: Random) {
      const size = tokens * hidden;
      const longest = lengths.reduce((most, length) => Math.max(most, length), 0);
      const trains = (k: number) => dropout !== undefined && k >= lowest;
      const numbersOf = (k: number): Float64Array => {
        const rates = trains(k) ? [config.attentionDropout, config.hiddenDropout] : [0, 0];
        const seeds = Array.from({ length: LAYER_SEEDS }, () => (trains(k) ? dropout!.uint32() : 0));
        const shape = [tokens, lengths.length, hidden, heads, intermediate, longest, layerNormEpsilon];
        return Float64Array.from([...shape, ...rates, ...seeds]);
      };

      const room = rooms.pop() ?? makeRoom();
      const first = trains(-1)
        ? {
            normal: room('normal', size),
            scale: room('scale', tokens),
            seeds: [dropout!.uint32(), dropout!.uint32()] as const,
          }
        : undefined;
      kernel.norm(sums, norm[0]!, norm[1]!, first?.normal ?? null, first?.scale ?? null, layerNormEpsilon);
      if (first) kernel.dropout(sums, config.hiddenDropout, ...first.seeds);

      const steps: { k: number; numbers: Float64Array; x: Float32Array; tape: Float32Array }[] = [];
      let x = sums;
      for (let k = 0; k < layers; k++) {
        const numbers = numbersOf(k);
        const [tapeSize, scratchSize, packedSize] = kernel.layerMemory(numbers, lengths);
        if (k < lowest && !packed.has(k)) {
          packed.set(k, new Float32Array(packedSize));
          kernel.packLayer(numbers, lengths, weights[k]!, packed.get(k)!);
        }
        const tape = trains(k) ? room(`tape ${k}`, tapeSize) : null;
        // What is not kept for the way back needs two places in turn; the last layer's outlives the room.
        const y =
          k === layers - 1 ? new Float32Array(size) : room(tape ? `x ${k + 1}` : `turn ${k % 2}`, size);
        kernel.layerForward(
          numbers,
          lengths,
          weights[k]!,
          packed.get(k) ?? null,
          x,
          y,
          tape,
          room('scratch', scratchSize),
        );
        if (tape) steps.push({ k, numbers, x, tape });
        x = y;
      }
      if (!dropout) rooms.push(room);

      return {
        states: x,
        backward(dy) {
          const gradients: Gradient[] = [];
          for (const { k, numbers, x: below, tape } of steps.toReversed()) {
            const own = gradientArrays(k, weights[k]!);
            kernel.layerBackward(numbers, lengths, weights[k]!, below, tape, dy, own, room('scratch', 0));
            gradients.unshift(...own.map((values) => ({ values })));
          }
          if (first) {
            const own = gradientArrays(-1, norm);
            kernel.dropout(dy, config.hiddenDropout, ...first.seeds);
            kernel.normBackward(dy, first.normal, first.scale, norm[0]!, own[0]!, own[1]!);
            gradients.unshift(...own.map((values) => ({ values })));
          }
          rooms.push(room);
          return { gradients, ...(first && { dSums: dy }) };
        },
      };
    },
  };
}

/** A pass's memory by name, at least as long as asked for, and longer with the longest batch so far. */
type Room = (name: string, length: number) => Float32Array;

/** A pass hands its room to the next; one that is never taken back leaves it to the garbage collector. */
function makeRoom(): Room {
  const held = new Map<string, Float32Array>();
  return (name, length) => {
    const found = held.get(name);
    if (found && found.length >= length) return found;
    const made = new Float32Array(length);
    held.set(name, made);
    return made;
  };
}
