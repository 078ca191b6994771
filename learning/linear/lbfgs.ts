/**
 * Minimises a smooth function: limited-memory BFGS (Liu and Nocedal 1989) with a line search by bisection for the weak Wolfe conditions
 * (Lewis and Overton 2013). Deterministic: the same start, the same steps.
 */

/** Value at `x`; writes the gradient into `gradient`. */
export type Objective = (x: Float64Array, gradient: Float64Array) => number;

export interface LbfgsOptions {
  /** Ends where no part of the gradient is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Steps that the curvature is learned from. @defaultValue 10 */
  readonly memory?: number;
}

export interface Minimum {
  readonly x: Float64Array;
  readonly value: number;
  readonly iterations: number;
  /** Whether the tolerance was reached. */
  readonly converged: boolean;
}

/** A step must gain so much of what the slope promises, and leave at most so much of the slope. */
const [GAIN, SLOPE] = [1e-4, 0.9];
/** A line search that halves so often has found the limits of the numbers. */
const MOST_TRIES = 40;

/** A step that was taken, and what it did to the gradient. */
interface Step {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** Vectors of one length that are used again: as many are thrown away as are needed, and the collector would be busy with them. */
interface Spare {
  /** With whatever it held. */
  take(): Float64Array;
  giveBack(...vectors: readonly Float64Array[]): void;
}

/** @param start - Not changed. */
export function lbfgs(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations, memory = 10 }: LbfgsOptions,
): Minimum {
  const free: Float64Array[] = [];
  const spare: Spare = {
    take: () => free.pop() ?? new Float64Array(start.length),
    giveBack: (...vectors) => void free.push(...vectors),
  };
  const gradient = new Float64Array(start.length);
  let point: Point = { x: start.slice(), value: objective(start, gradient), gradient };
  const steps: Step[] = [];
  for (let iterations = 0; ; iterations++) {
    const { x, value } = point;
    if (largest(point.gradient) <= tolerance) return { x, value, iterations, converged: true };
    if (iterations === maxIterations) return { x, value, iterations, converged: false };
    const direction = descent(point.gradient, steps, spare.take());
    const found = lineSearch(objective, point, direction, iterations === 0, spare);
    spare.giveBack(direction);
    if (found === undefined) return { x, value, iterations, converged: false };
    const s = difference(found.x, x, spare.take());
    const y = difference(found.gradient, point.gradient, spare.take());
    spare.giveBack(x, point.gradient);
    const curvature = dot(s, y);
    if (curvature > 0) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) {
        const oldest = steps.shift()!;
        spare.giveBack(oldest.s, oldest.y);
      }
    } else spare.giveBack(s, y);
    point = found;
  }
}

/** In four sums: the processor need not wait for one addition to begin the next. */
function dot(a: Float64Array, b: Float64Array): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    first += a[i]! * b[i]!;
    second += a[i + 1]! * b[i + 1]!;
    third += a[i + 2]! * b[i + 2]!;
    fourth += a[i + 3]! * b[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) first += a[i]! * b[i]!;
  return first + second + (third + fourth);
}

/** `a + scale · b`, in place of `a`; returns what `dot` would give of that and `c`. */
function addAndDot(a: Float64Array, scale: number, b: Float64Array, c: Float64Array): number {
  let first = 0;
  let second = 0;
  let third = 0;
  let fourth = 0;
  const whole = a.length - (a.length % 4);
  for (let i = 0; i < whole; i += 4) {
    const p = a[i]! + scale * b[i]!;
    const q = a[i + 1]! + scale * b[i + 1]!;
    const r = a[i + 2]! + scale * b[i + 2]!;
    const t = a[i + 3]! + scale * b[i + 3]!;
    a[i] = p;
    a[i + 1] = q;
    a[i + 2] = r;
    a[i + 3] = t;
    first += p * c[i]!;
    second += q * c[i + 1]!;
    third += r * c[i + 2]!;
    fourth += t * c[i + 3]!;
  }
  for (let i = whole; i < a.length; i++) {
    a[i]! += scale * b[i]!;
    first += a[i]! * c[i]!;
  }
  return first + second + (third + fourth);
}

function difference(a: Float64Array, b: Float64Array, into: Float64Array): Float64Array {
  for (let i = 0; i < a.length; i++) into[i] = a[i]! - b[i]!;
  return into;
}

/** NaN when there is one. */
function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** The two loops of L-BFGS: minus the gradient, times what is known of the inverse curvature. Each pass over the direction also has the next product. */
function descent(gradient: Float64Array, steps: readonly Step[], direction: Float64Array): Float64Array {
  for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i]!;
  const last = steps.at(-1);
  if (last === undefined) return direction;
  const alphas = new Float64Array(steps.length);
  let product = dot(last.s, direction);
  for (let k = steps.length - 1; k >= 0; k--) {
    const { y, rho } = steps[k]!;
    alphas[k] = rho * product;
    product = addAndDot(direction, -alphas[k]!, y, (steps[k - 1] ?? steps[0]!).s);
  }
  const scale = 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  product = dot(steps[0]!.y, direction);
  steps.forEach(({ s, rho }, k) => {
    product = addAndDot(direction, alphas[k]! - rho * product, s, (steps[k + 1] ?? last).y);
  });
  return direction;
}

/** @returns undefined when no step helps any more */
function lineSearch(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  isFirst: boolean,
  spare: Spare,
): Point | undefined {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  // Of the first step nothing is known but that a gradient may be long.
  let step = isFirst ? Math.min(1, 1 / Math.sqrt(dot(from.gradient, from.gradient))) : 1;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const x = spare.take();
    for (let i = 0; i < x.length; i++) x[i] = from.x[i]! + step * direction[i]!;
    const gradient = spare.take();
    const value = objective(x, gradient);
    if (!(value <= from.value + GAIN * step * slope)) high = step;
    else if (dot(gradient, direction) < SLOPE * slope) low = step;
    else return { x, value, gradient };
    spare.giveBack(x, gradient);
    step = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return undefined;
}
