/** One Transformer layer, as BERT has it: attention, then two products with gelu between, a normalisation after each half. */
import type { Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs';
import type { Engine } from '../../engine/index.js';
import type { EncoderConfig } from '../checkpoint/config.js';
import { attention, type LayerShape } from './attention.js';
import type { DrawMask } from './dropout.js';
import { gelu, layerNorm, linear, type Pair, type Step, type Tape } from './operations.js';

/** A layer's weights in the engine's memory, in the order of its gradients. */
export interface LayerPairs {
  readonly qkv: Pair;
  readonly attentionOutput: Pair;
  readonly attentionNorm: Pair;
  readonly intermediate: Pair;
  readonly output: Pair;
  readonly outputNorm: Pair;
}

/** @param x - `[tokens, hidden]` */
export function layer(
  engine: Engine,
  tape: Tape,
  x: Tensor2D,
  pairs: LayerPairs,
  shape: LayerShape,
  config: EncoderConfig,
  padding: Tensor4D | undefined,
  drawMask: DrawMask,
): Step {
  const { tf } = engine;
  const drop = (value: Tensor2D): Step => dropped(engine, tape, value, drawMask, config.hiddenDropout);
  const projected = linear(engine, tape, x, pairs.qkv);
  const attended = attention(engine, tape, projected.y, shape, padding, drawMask, config.attentionDropout);
  const mixed = linear(engine, tape, attended.y, pairs.attentionOutput);
  const kept = drop(mixed.y);
  const first = layerNorm(engine, tape, tf.add(kept.y, x), pairs.attentionNorm, config.layerNormEpsilon);
  const widened = linear(engine, tape, first.y, pairs.intermediate);
  const bent = gelu(engine, tape, widened.y);
  const narrowed = linear(engine, tape, bent.y, pairs.output, bent.again);
  const keptToo = drop(narrowed.y);
  const second = layerNorm(
    engine,
    tape,
    tf.add(keptToo.y, first.y),
    pairs.outputNorm,
    config.layerNormEpsilon,
  );
  return {
    y: second.y,
    backward(dy) {
      const weights: Tensor[] = [];
      const back = (step: Step, gradient: Tensor2D): Tensor2D => {
        const { dx, weights: own } = step.backward(gradient);
        weights.unshift(...own);
        return dx;
      };
      const dSecond = back(second, dy);
      const dFirst = tf.add<Tensor2D>(
        back(widened, back(bent, back(narrowed, back(keptToo, dSecond)))),
        dSecond,
      );
      const dSum = back(first, dFirst);
      const dProjected = back(projected, back(attended, back(mixed, back(kept, dSum))));
      return { dx: tf.add(dProjected, dSum), weights };
    },
  };
}

/** Dropout as a step. */
export function dropped({ tf }: Engine, tape: Tape, x: Tensor2D, drawMask: DrawMask, rate: number): Step {
  const mask = drawMask(x.shape, rate);
  if (!mask) return { y: x, backward: (dy) => ({ dx: dy, weights: [] }) };
  tape.keep(mask);
  return {
    y: tf.mul<Tensor2D>(x, mask),
    backward: (dy) => ({ dx: tf.mul<Tensor2D>(dy, mask), weights: [] }),
  };
}
