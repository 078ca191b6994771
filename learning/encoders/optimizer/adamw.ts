/**
 * AdamW (Loshchilov and Hutter, 2019, https://arxiv.org/abs/1711.05101) with PyTorch's arrangement
 * (https://pytorch.org/docs/stable/generated/torch.optim.AdamW.html):
 *
 *     w ← w − η λ w
 *     m ← β₁ m + (1 − β₁) g        v ← β₂ v + (1 − β₂) g²
 *     w ← w − η m / (1 − β₁ᵗ) / (√v / √(1 − β₂ᵗ) + ε)
 *
 * An embedding's rows that a batch leaves out go on decaying and moving. Doing that in every step would cost in proportion to
 * the vocabulary, half of a small encoder, so they are brought up to date when a step names them or before they are read:
 * while g = 0, m and √v only shrink by constant factors, and with D(t) = Π (1 − η_s λ) over s ≤ t the steps after t₀ come to
 *
 *     w ← D(t) · (w / D(t₀) − m / (√v + ε') · Σ α_s ρ^(s − t₀) / D(s))      ρ = β₁ / √β₂, α_s = η_s √(1 − β₂ˢ) / (1 − β₁ˢ)
 *
 * which differs from the plain loop only in ε' = ε √(1 − β₂ᵗ⁰) not growing against √v: nothing unless √v is near ε.
 */
import type { Gradient, Kernel } from '../../engine/index.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-8;
const RHO = BETA_1 / Math.sqrt(BETA_2);
/** Steps after which a row stands still but for its decay: ρ ** 200 < 10⁻⁹. */
const REACH = 200;

/** One weight array and how it is trained. */
export interface AdamWArray {
  /** Updated in place. */
  readonly values: Float32Array;
  /** λ; 0 for biases and normalisations. */
  readonly weightDecay: number;
  /** Multiplied into the step's learning rate. */
  readonly rateScale: number;
}

export interface AdamW {
  /**
   * Takes one step.
   *
   * @param gradients - One for each array, in their order. An array's gradients have rows always or never.
   * @param learningRate - η of this step.
   * @param gradientScale - Multiplied into every gradient: for clipping, without a pass over them.
   */
  step(gradients: readonly Gradient[], learningRate: number, gradientScale?: number): void;
  /** Brings rows of the arrays whose gradients have rows up to date; before a pass that reads them. */
  catchUp(rows: Int32Array): void;
  /** Brings all rows up to date; before anything else reads the weights. */
  catchUpAll(): void;
}

interface Slot extends AdamWArray {
  readonly m: Float32Array;
  readonly v: Float32Array;
  rows?: RowState;
}

interface RowState {
  readonly columns: number;
  /** The step each row is up to date with. */
  readonly upTo: Int32Array;
  /** D by step. */
  readonly decays: number[];
  /** Σ α_s ρ^(s − t₀) / D(s) up to now, by t₀. */
  readonly sums: number[];
}

/** @param kernel - Moves whole arrays, where there is one. */
export function adamW(arrays: readonly AdamWArray[], kernel?: Kernel): AdamW {
  const slots = arrays.map<Slot>((array) => ({
    ...array,
    m: new Float32Array(array.values.length),
    v: new Float32Array(array.values.length),
  }));
  let now = 0;

  const catchUpRow = (
    { values, m, v }: Slot,
    { columns, upTo, decays, sums }: RowState,
    row: number,
  ): void => {
    const since = upTo[row]!;
    if (since === now) return;
    upTo[row] = now;
    const decay = decays[now]! / decays[since]!;
    const from = row * columns;
    if (since === 0) {
      for (let i = from; i < from + columns; i++) values[i]! *= decay;
      return;
    }
    const sum = sums[since]! * decays[now]!;
    const epsilon = EPSILON * Math.sqrt(1 - BETA_2 ** since);
    const shrinkM = BETA_1 ** (now - since);
    const shrinkV = BETA_2 ** (now - since);
    for (let i = from; i < from + columns; i++) {
      values[i] = decay * values[i]! - (sum * m[i]!) / (Math.sqrt(v[i]!) + epsilon);
      m[i]! *= shrinkM;
      v[i]! *= shrinkV;
    }
  };

  return {
    step(gradients, learningRate, gradientScale = 1) {
      const next = now + 1;
      const correction = Math.sqrt(1 - BETA_2 ** next) / (1 - BETA_1 ** next);
      const epsilon = EPSILON * Math.sqrt(1 - BETA_2 ** next);
      gradients.forEach(({ values, rows }, k) => {
        const slot = slots[k]!;
        const rate = learningRate * slot.rateScale;
        const keep = 1 - rate * slot.weightDecay;
        const numbers = { keep, alpha: rate * correction, epsilon, gradientScale };
        if (!rows) {
          if (kernel)
            kernel.adamWStep(
              slot.values,
              slot.m,
              slot.v,
              values,
              Float64Array.of(keep, numbers.alpha, epsilon, gradientScale),
            );
          else update(slot.values, slot.m, slot.v, values, numbers);
          return;
        }
        const columns = values.length / rows.length;
        slot.rows ??= rowState(slot, columns);
        for (let i = 0; i < rows.length; i++) {
          const row = rows[i]!;
          catchUpRow(slot, slot.rows, row);
          const part = (array: Float32Array, at: number) => array.subarray(at * columns, (at + 1) * columns);
          update(part(slot.values, row), part(slot.m, row), part(slot.v, row), part(values, i), numbers);
          slot.rows.upTo[row] = next;
        }
        advance(slot.rows, now, keep, numbers.alpha);
      });
      now = next;
    },
    catchUp(rows) {
      for (const slot of slots) {
        if (slot.rows) for (const row of rows) catchUpRow(slot, slot.rows, row);
      }
    },
    catchUpAll() {
      for (const slot of slots) {
        if (slot.rows) for (const row of slot.rows.upTo.keys()) catchUpRow(slot, slot.rows, row);
      }
    },
  };
}

const rowState = ({ values }: Slot, columns: number): RowState => ({
  columns,
  upTo: new Int32Array(values.length / columns),
  decays: [1],
  sums: [0],
});

/** Adds the step after `now` to what rows that stand still owe. */
function advance({ decays, sums }: RowState, now: number, keep: number, alpha: number): void {
  const decay = decays[now]! * keep;
  decays.push(decay);
  let move = alpha / decay;
  for (let from = now; from > Math.max(0, now - REACH); from--) {
    move *= RHO;
    sums[from]! += move;
  }
  sums.push(0);
}

interface StepNumbers {
  readonly keep: number;
  readonly alpha: number;
  readonly epsilon: number;
  readonly gradientScale: number;
}

/** Moves weights by their gradient; all four of one length, so that one index serves them. */
function update(
  w: Float32Array,
  m: Float32Array,
  v: Float32Array,
  g: Float32Array,
  { keep, alpha, epsilon, gradientScale }: StepNumbers,
): void {
  for (let i = 0; i < g.length; i++) {
    const gi = g[i]! * gradientScale;
    const mi = BETA_1 * m[i]! + (1 - BETA_1) * gi;
    const vi = BETA_2 * v[i]! + (1 - BETA_2) * gi * gi;
    m[i] = mi;
    v[i] = vi;
    w[i] = keep * w[i]! - (alpha * mi) / (Math.sqrt(vi) + epsilon);
  }
}
