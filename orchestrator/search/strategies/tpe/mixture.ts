/**
 * A density over configurations: a mixture of one kernel around each of some observed ones, and of a prior that is even over all.
 *
 * A kernel is a product (Falkner et al., 2018: a parameter's good values hang on those of the others). Its first factor is about the
 * model kind, and like that about any parameter without an order Aitchison's and Aitken's (1976): the observed value, and the rest
 * evenly. Of an ordered parameter it is a normal distribution cut at the ends of its side, or of values that have a part of the
 * side its mass on that part. A kernel says nothing of the parameters of another kind than its own: there it is even.
 */
import type { Random } from '../../../../learning/random/index.js';
import type { ParameterValue } from '../../../../queue/index.js';
import { below, density } from './normal.js';
import type { Cell, Side } from './sides.js';

/** A configuration as its kind, by number, and the part that each of its values has of its side. */
export interface Place {
  readonly kind: number;
  readonly cells: readonly Cell[];
}

export interface Mixture {
  /** How dense it is at a place, or what mass the place's cells have. */
  at(place: Place): number;
  /** Draws a kind and the values of its parameters that vary. */
  draw(random: Random): { kind: number; values: ParameterValue[] };
}

const middle = ({ low, high }: Cell): number => (low + high) / 2;

/** Kernels lie in flat arrays: there may be ten thousand, asked for every candidate of every proposal. */
export function mixtureOf(kinds: readonly (readonly Side[])[], places: readonly Place[]): Mixture {
  const kernels = places.length + 1;
  const widths = kinds.map((sides) => widthOf(places.length, sides.length));
  /** Of a choice of so many, the share that is spread over all. */
  const spread = (choices: number): number => choices / (kernels + choices);
  const stride = Math.max(1, ...kinds.map((sides) => sides.length));
  const kindOf = Int32Array.from(places, ({ kind }) => kind);
  /** Of every kernel and side the centre of its normal distribution, and what the ends of the side leave of that. */
  const centers = new Float64Array(places.length * stride);
  const inside = new Float64Array(places.length * stride);
  for (const [k, { kind, cells }] of places.entries())
    for (const [i, cell] of cells.entries()) {
      const [center, width] = [middle(cell), widths[kind]!];
      centers[k * stride + i] = center;
      if (kinds[kind]![i]!.ordered)
        inside[k * stride + i] = below((1 - center) / width) - below(-center / width);
    }

  /** Of a side of the kernel that begins at a place in the arrays. */
  const factor = ({ ordered, count }: Side, at: number, width: number, { low, high }: Cell): number => {
    const center = centers[at]!;
    if (!ordered) {
      const same = center > low && center < high;
      return spread(count) / count + (same ? 1 - spread(count) : 0);
    }
    if (high > low) return massBetween((low - center) / width, (high - center) / width) / inside[at]!;
    return density((low - center) / width) / (width * inside[at]!);
  };

  return {
    at({ kind, cells }) {
      const sides = kinds[kind]!;
      const width = widths[kind]!;
      const even = sides.reduce((product, { count }, i) => {
        const { low, high } = cells[i]!;
        return Number.isFinite(count) ? product * (high - low) : product;
      }, 1);
      const other = spread(kinds.length) / kinds.length;
      const same = other + 1 - spread(kinds.length);
      let sum = even / kinds.length;
      for (let k = 0; k < kindOf.length; k++) {
        if (kindOf[k] !== kind) {
          sum += other * even;
          continue;
        }
        let product = same;
        for (let i = 0; i < sides.length; i++) product *= factor(sides[i]!, k * stride + i, width, cells[i]!);
        sum += product;
      }
      return sum / kernels;
    },
    draw(random) {
      const chosen = Math.floor(random.uniform() * kernels);
      const around = kindOf[chosen];
      const stays = around !== undefined && random.uniform() >= spread(kinds.length);
      const kind = stays ? around : Math.floor(random.uniform() * kinds.length);
      const values = kinds[kind]!.map((side, i) => {
        if (around !== kind) return side.valueAt(random.uniform());
        const center = centers[chosen * stride + i]!;
        if (side.ordered) return side.valueAt(drawFrom(center, widths[kind]!, random));
        return side.valueAt(random.uniform() < spread(side.count) ? random.uniform() : center);
      });
      return { kind, values };
    },
  };
}

/** Scott's rule with a least width, so that few observations don't make peaks (Watanabe, 2023, 3.3; as Optuna has it). */
function widthOf(observations: number, sides: number): number {
  const scott = 0.2 * Math.max(1, observations) ** (-1 / (sides + 4));
  return Math.max(scott, 1 / Math.min(100, observations + 2));
}

/** Measured on the side of the centre where it is a difference of small numbers, so that it is never lost in one. */
const massBetween = (from: number, to: number): number =>
  Math.max(0, from > 0 ? below(-from) - below(-to) : below(to) - below(from));

function drawFrom(center: number, width: number, random: Random): number {
  for (;;) {
    const at = center + width * random.normal();
    if (at >= 0 && at < 1) return at;
  }
}
