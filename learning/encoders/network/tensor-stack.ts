/** The layers over TensorFlow.js tensors. */
import type { Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Engine, Gradient } from '../../engine/index.js';
import type { Random } from '../../random/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import type { PieceBatch } from '../tokens/batches.js';
import { maskDrawer } from './dropout.js';
import { dropped, layer } from './layer.js';
import { paddedLayout } from './layout.js';
import { layerNorm, type Step, type Tape, tape } from './operations.js';
import type { LayerStack, Lowest } from './stack.js';
import { type EncoderArray, engineCopies, firstOfLayer, layerPairs } from './weights.js';

export function tensorStack(
  engine: Engine,
  arrays: readonly EncoderArray[],
  config: EncoderConfig,
  lowest: Lowest,
): LayerStack {
  const { tf } = engine;
  const { hidden, heads } = config;
  const copies = engineCopies(engine, arrays);

  return {
    layout: paddedLayout,
    refresh: () => copies.refresh(lowest < 0 ? 0 : firstOfLayer(lowest)),
    dispose: copies.dispose,

    forward(sums, batch, { tokens }, dropout?: Random) {
      const steps: Step[] = [];
      const kept = tape(tf, dropout !== undefined);
      const discard = tape(tf, false);
      const partOf = (trained: boolean) => {
        const recording = trained && dropout !== undefined;
        return {
          tape: recording ? kept : discard,
          drawMask: maskDrawer(engine, recording ? dropout : undefined),
        };
      };
      const shape = { rows: batch.rows, steps: batch.steps, heads, depth: hidden / heads };
      const padding = paddingOf(engine, batch);
      let x = tf.tidy(() => embed(partOf(lowest < 0)));
      for (let k = 0; k < config.layers; k++) {
        const { tape: own, drawMask } = partOf(k >= lowest);
        const below = x;
        x = tf.tidy(() =>
          note(
            k >= lowest,
            layer(engine, own, below, layerPairs(copies.tensors, k), shape, config, padding, drawMask),
          ),
        );
        // Kept by the tape, if the way back reads it.
        if (!isKept(below)) below.dispose();
      }
      const states = x.dataSync<'float32'>();
      if (!isKept(x)) x.dispose();
      padding?.dispose();

      function embed({
        tape: own,
        drawMask,
      }: {
        tape: Tape;
        drawMask: ReturnType<typeof maskDrawer>;
      }): Tensor2D {
        const norm = { weight: copies.tensors[3]!, bias: copies.tensors[4]! };
        const normal = layerNorm(
          engine,
          own,
          tf.tensor2d(sums, [tokens, hidden]),
          norm,
          config.layerNormEpsilon,
        );
        const drop = dropped(engine, own, normal.y, drawMask, config.hiddenDropout);
        return note(lowest < 0, {
          y: drop.y,
          backward: (dy) => normal.backward(drop.backward(dy).dx),
        });
      }

      function note(trained: boolean, step: Step): Tensor2D {
        if (trained && dropout) steps.push(step);
        return step.y;
      }

      return {
        states,
        backward(dStates) {
          const gradients: Gradient[] = [];
          let dy = tf.tensor2d(dStates, [tokens, hidden]);
          for (const step of steps.toReversed()) {
            const above = dy;
            const { dx, weights: own } = tf.tidy(() => step.backward(above));
            above.dispose();
            gradients.unshift(...own.map((tensor) => ({ values: tensor.dataSync<'float32'>() })));
            tf.dispose(own);
            dy = dx;
          }
          const dSums = lowest < 0 ? dy.dataSync<'float32'>() : undefined;
          dy.dispose();
          kept.dispose();
          return { gradients, ...(dSums && { dSums }) };
        },
      };
    },
  };
}

/** tf.keep marks a tensor so; its type doesn't tell. */
const isKept = (tensor: Tensor2D): boolean => 'kept' in tensor && tensor.kept === true;

/** Far below every score; as PyTorch has it, finite, so that no row becomes NaN. */
const MASKED = -3.4e38;

/** `[rows, 1, 1, steps]`; undefined when no row is padded. */
export function paddingOf({ tf }: Engine, { lengths, rows, steps }: PieceBatch): Tensor4D | undefined {
  if (lengths.every((length) => length === steps)) return undefined;
  const values = new Float32Array(rows * steps);
  for (let r = 0; r < rows; r++) values.fill(MASKED, r * steps + lengths[r]!, (r + 1) * steps);
  return tf.tensor4d(values, [rows, 1, 1, steps]);
}
