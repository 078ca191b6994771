/** What fine-tuning multiplies into a learning rate or a gradient. Pure. */
import type { Gradient, Kernel } from '../../engine/index.js';

/**
 * Linear warm-up, then linear decay to 0, as `get_linear_schedule_with_warmup` of `transformers` has it.
 *
 * @param step - From 0.
 * @returns What the learning rate is multiplied by in that step.
 */
export function linearSchedule(step: number, steps: number, warmUpSteps: number): number {
  if (step < warmUpSteps) return step / Math.max(1, warmUpSteps);
  return Math.max(0, (steps - step) / Math.max(1, steps - warmUpSteps));
}

/**
 * Layer-wise decay: the head learns at the full rate, each layer below at `decay` times that of the one above it.
 *
 * @param depth - 0 for the embeddings, k + 1 for layer k, `layers` + 1 for the head.
 */
export const layerRate = (depth: number, layers: number, decay: number): number =>
  decay ** (layers + 1 - depth);

/** Euclidean norm of all gradients together. */
export function globalNorm(gradients: readonly Gradient[], kernel?: Kernel): number {
  let sum = 0;
  for (const { values } of gradients) {
    if (kernel) {
      sum += kernel.sumOfSquares(values);
      continue;
    }
    for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  }
  return Math.sqrt(sum);
}

/** What gradients of that norm are multiplied by to be no longer than `most`, as PyTorch's `clip_grad_norm_` has it. */
export const clipScale = (norm: number, most: number): number => Math.min(1, most / (norm + 1e-6));
