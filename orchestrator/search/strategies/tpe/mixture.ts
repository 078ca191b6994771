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
import type { Side } from './sides.js';

/** A configuration as its kind, by number, and the part that each of its values has of its side. */
export interface Place {
  readonly kind: number;
  readonly cells: readonly { readonly low: number; readonly high: number }[];
}

export interface Mixture {
  /** How dense it is at a place, or what mass the place's cells have. */
  at(place: Place): number;
  /** Draws a kind and the values of its parameters that vary. */
  draw(random: Random): { kind: number; values: ParameterValue[] };
}

const middle = ({ low, high }: Place['cells'][number]): number => (low + high) / 2;

export function mixtureOf(kinds: readonly (readonly Side[])[], places: readonly Place[]): Mixture {
  const kernels = places.length + 1;
  const widths = kinds.map((sides) => widthOf(places.length, sides.length));
  /** Of a choice of so many, the share that is spread over all. */
  const spread = (choices: number): number => choices / (kernels + choices);
  const bumps = places.map(({ kind, cells }) => ({
    kind,
    bumps: cells.map((cell) => bumpOf(middle(cell), widths[kind]!)),
  }));

  const factor = ({ ordered, count }: Side, bump: Bump, { low, high }: Place['cells'][number]): number => {
    if (!ordered) {
      const same = bump.center > low && bump.center < high;
      return spread(count) / count + (same ? 1 - spread(count) : 0);
    }
    return high > low ? massOf(bump, low, high) : densityOf(bump, low);
  };

  return {
    at({ kind, cells }) {
      const sides = kinds[kind]!;
      const even = sides.reduce((product, { count }, i) => {
        const { low, high } = cells[i]!;
        return Number.isFinite(count) ? product * (high - low) : product;
      }, 1);
      const other = spread(kinds.length) / kinds.length;
      let sum = even / kinds.length;
      for (const kernel of bumps) {
        if (kernel.kind !== kind) {
          sum += other * even;
          continue;
        }
        let product = other + 1 - spread(kinds.length);
        for (let i = 0; i < sides.length; i++) product *= factor(sides[i]!, kernel.bumps[i]!, cells[i]!);
        sum += product;
      }
      return sum / kernels;
    },
    draw(random) {
      const chosen = bumps[Math.floor(random.uniform() * kernels)];
      const stays = chosen !== undefined && random.uniform() >= spread(kinds.length);
      const kind = stays ? chosen.kind : Math.floor(random.uniform() * kinds.length);
      const around = chosen?.kind === kind ? chosen.bumps : undefined;
      const values = kinds[kind]!.map((side, i) => {
        const bump = around?.[i];
        if (bump === undefined) return side.valueAt(random.uniform());
        if (side.ordered) return side.valueAt(drawFrom(bump, random));
        return side.valueAt(random.uniform() < spread(side.count) ? random.uniform() : bump.center);
      });
      return { kind, values };
    },
  };
}

/** A normal distribution on a side, cut at its ends. */
interface Bump {
  readonly center: number;
  readonly width: number;
  /** What the ends leave of it. */
  readonly inside: number;
}

/** Scott's rule with a least width, so that few observations don't make peaks (Watanabe, 2023, 3.3; as Optuna has it). */
function widthOf(observations: number, sides: number): number {
  const scott = 0.2 * Math.max(1, observations) ** (-1 / (sides + 4));
  return Math.max(scott, 1 / Math.min(100, observations + 2));
}

const bumpOf = (center: number, width: number): Bump => ({
  center,
  width,
  inside: below((1 - center) / width) - below(-center / width),
});

const densityOf = ({ center, width, inside }: Bump, at: number): number =>
  density((at - center) / width) / (width * inside);

/** Measured on the side of the centre where it is a difference of small numbers, so that it is never lost in one. */
function massOf({ center, width, inside }: Bump, low: number, high: number): number {
  const [from, to] = [(low - center) / width, (high - center) / width];
  const mass = from > 0 ? below(-from) - below(-to) : below(to) - below(from);
  return Math.max(0, mass) / inside;
}

function drawFrom({ center, width }: Bump, random: Random): number {
  for (;;) {
    const at = center + width * random.normal();
    if (at >= 0 && at < 1) return at;
  }
}
