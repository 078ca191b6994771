/**
 * Adam (Kingma and Ba, 2015, https://arxiv.org/abs/1412.6980) with Keras's arrangement of epsilon
 * (https://keras.io/api/optimizers/adam/):
 *
 *     m ← β₁ m + (1 − β₁) g
 *     v ← β₂ v + (1 − β₂) g²
 *     α_t = learning rate · √(1 − β₂ᵗ) / (1 − β₁ᵗ)
 *     w ← w − α_t m / (√v + ε)
 *
 * Under it a word's vector keeps moving for some steps after the word's last occurrence, which is worth several points of F1 on
 * small data. Moving every vector in every step would cost in proportion to the vocabulary, so the rows of an embedding
 * are deferred. While g = 0, m and √v only shrink by constant factors, so the moves of the steps t₀+1 … t are one sum:
 *
 *     w ← w − m / (√v + ε) · Σ α_s ρ^(s − t₀)    ρ = β₁ / √β₂,  s from t₀+1 to t
 *     m ← β₁^(t − t₀) m        v ← β₂^(t − t₀) v
 *
 * The sums depend on t₀ alone and serve all rows. It differs from the plain loop in one thing, that ε shrinks along with √v here:
 * nothing unless √v is near 10⁻⁷.
 *
 * Keras's TensorFlow backend is another thing for words that a batch has more than once: it squares the gradient of each
 * occurrence and adds the squares, since it does not merge IndexedSlices first. That v is smaller, and gives kind
 * `simple` some 0.3 points of F1. Here g is the gradient of the loss, as the paper has it.
 *
 * It works on the arrays that hold the weights, by our kernel where there is one.
 */
import type { Kernel, Owed } from './kernel.js';

const BETA_1 = 0.9;
const BETA_2 = 0.999;
const EPSILON = 1e-7;
const DECAY = BETA_1 / Math.sqrt(BETA_2);
/** Steps after which a row stands still: DECAY ** 200 < 10⁻⁹. */
const REACH = 200;

/** The gradient of one weight array; with `rows`, only those rows of it (each at most once) and all others zero. */
export interface Gradient {
  /** The weights' shape, or `[rows.length, columns]`. */
  readonly values: Float32Array;
  readonly rows?: Int32Array;
}

/** Adam's state beside the weights it changes in place. */
export interface Adam {
  /**
   * Takes one step. Rows that a gradient leaves out move later: when a step or {@link catchUp} names them.
   *
   * @param gradients - One for each weight array, in their order. An array's gradients have rows always or never.
   */
  step(gradients: readonly Gradient[]): void;
  /**
   * Brings rows up to date; call it before a pass that reads them. Costs in proportion to `rows`.
   *
   * @param rows - In any order, repeated or not; of every array whose gradients have rows.
   */
  catchUp(rows: Int32Array): void;
  /** Brings all rows up to date; call it before anything else reads the weights. */
  catchUpAll(): void;
}

/** One weight array and its moments. */
interface Slot {
  readonly w: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
  /** Where gradients have rows, the step that each row is up to date with; 0 until its first gradient, when there is nothing to move. */
  upTo?: Int32Array;
}

type RowSlot = Slot & { readonly upTo: Int32Array };

const hasRows = (slot: Slot): slot is RowSlot => slot.upTo !== undefined;

/**
 * Creates the optimizer of some weights.
 *
 * @param weights - Updated in place.
 * @param learningRate - Keras's `learning_rate`.
 */
export function adam(weights: readonly Float32Array[], learningRate: number, kernel?: Kernel): Adam {
  const slots = weights.map<Slot>((w) => ({
    w,
    m: new Float32Array(w.length),
    v: new Float32Array(w.length),
  }));
  const past = pastOf();
  const move = kernel ? byKernel(kernel, past) : inPlace(past);

  return {
    step(gradients) {
      const { now } = past;
      const alpha = (learningRate * Math.sqrt(1 - BETA_2 ** (now + 1))) / (1 - BETA_1 ** (now + 1));
      gradients.forEach(({ values, rows }, k) => {
        const slot = slots[k]!;
        if (!rows) {
          move.all(slot, values, alpha);
          return;
        }
        if (rows.length === 0) return;
        slot.upTo ??= new Int32Array((slot.w.length * rows.length) / values.length);
        move.rows({ ...slot, upTo: slot.upTo }, rows, values, alpha);
      });
      past.advance(alpha);
    },
    catchUp(rows) {
      for (const slot of slots.filter(hasRows)) move.catchUp(slot, rows);
    },
    catchUpAll() {
      for (const slot of slots.filter(hasRows)) move.catchUp(slot, Int32Array.from(slot.upTo.keys()));
    },
  };
}

/** What rows that stand still are owed. */
interface Past {
  now: number;
  /** Σ α_s ρ^(s − t₀) up to now, by t₀. */
  sums: Float32Array;
  /** β₁ and β₂ to the power of how many steps there were. */
  shrinkM: Float32Array;
  shrinkV: Float32Array;
  /** Adds a step. */
  advance(alpha: number): void;
}

function pastOf(): Past {
  const exact: number[] = [0];
  const past: Past = {
    now: 0,
    sums: new Float32Array(1),
    shrinkM: Float32Array.of(1),
    shrinkV: Float32Array.of(1),
    advance(alpha) {
      let owed = alpha;
      for (let from = past.now; from > Math.max(0, past.now - REACH); from--) {
        owed *= DECAY;
        exact[from]! += owed;
        past.sums[from] = exact[from]!;
      }
      past.now++;
      exact.push(0);
      if (past.now < past.sums.length) return;
      const length = 2 * past.now;
      past.sums = longer(past.sums, length);
      past.shrinkM = Float32Array.from({ length }, (_, steps) => BETA_1 ** steps);
      past.shrinkV = Float32Array.from({ length }, (_, steps) => BETA_2 ** steps);
    },
  };
  return past;
}

function longer(values: Float32Array, length: number): Float32Array {
  const copy = new Float32Array(length);
  copy.set(values);
  return copy;
}

/** One step's work on the arrays. */
interface Moves {
  all(slot: Slot, values: Float32Array, alpha: number): void;
  rows(slot: RowSlot, rows: Int32Array, values: Float32Array, alpha: number): void;
  catchUp(slot: RowSlot, rows: Int32Array): void;
}

function byKernel(kernel: Kernel, past: Past): Moves {
  const owed = ({ w, m, v, upTo }: RowSlot, rows: Int32Array): Owed => {
    const { now, sums, shrinkM, shrinkV } = past;
    return [w, m, v, rows, upTo, now, sums, shrinkM, shrinkV];
  };
  return {
    all: ({ w, m, v }, values, alpha) => kernel.adamMove(w, m, v, values, alpha),
    rows: (slot, rows, values, alpha) => kernel.adamMoveRows(...owed(slot, rows), values, alpha),
    catchUp: (slot, rows) => kernel.adamCatchUpRows(...owed(slot, rows)),
  };
}

function inPlace(past: Past): Moves {
  const catchUpRow = ({ w, m, v, upTo }: RowSlot, columns: number, row: number): void => {
    const { now, sums, shrinkM, shrinkV } = past;
    const since = upTo[row]!;
    if (since === now || since === 0) return;
    upTo[row] = now;
    const sum = sums[since]!;
    for (let i = row * columns; i < (row + 1) * columns; i++) {
      w[i]! -= (sum * m[i]!) / (Math.sqrt(v[i]!) + EPSILON);
      m[i]! *= shrinkM[now - since]!;
      v[i]! *= shrinkV[now - since]!;
    }
  };
  return {
    all: (slot, values, alpha) => update(slot, values, 0, 0, values.length, alpha),
    rows: (slot, rows, values, alpha) => {
      const columns = values.length / rows.length;
      rows.forEach((row, k) => {
        catchUpRow(slot, columns, row);
        update(slot, values, row * columns, k * columns, columns, alpha);
        slot.upTo[row] = past.now + 1;
      });
    },
    catchUp: (slot, rows) => {
      const columns = slot.w.length / slot.upTo.length;
      for (const row of rows) catchUpRow(slot, columns, row);
    },
  };
}

/** Moves `count` weights from `at` by the gradient's values from `from`. */
function update(
  { w, m, v }: Slot,
  g: Float32Array,
  at: number,
  from: number,
  count: number,
  alpha: number,
): void {
  for (let i = 0; i < count; i++) {
    const gi = g[from + i]!;
    const mi = BETA_1 * m[at + i]! + (1 - BETA_1) * gi;
    const vi = BETA_2 * v[at + i]! + (1 - BETA_2) * gi * gi;
    m[at + i] = mi;
    v[at + i] = vi;
    w[at + i]! -= (alpha * mi) / (Math.sqrt(vi) + EPSILON);
  }
}
