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

/** @param start - Not changed. */
export function lbfgs(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations, memory = 10 }: LbfgsOptions,
): Minimum {
  let x = start.slice();
  let gradient = new Float64Array(x.length);
  let value = objective(x, gradient);
  const steps: Step[] = [];
  for (let iteration = 0; ; iteration++) {
    if (largest(gradient) <= tolerance) return { x, value, iterations: iteration, converged: true };
    if (iteration === maxIterations) return { x, value, iterations: iteration, converged: false };
    const direction = descent(gradient, steps);
    const found = lineSearch(objective, { x, value, gradient }, direction, iteration === 0);
    if (found === undefined) return { x, value, iterations: iteration, converged: false };
    const s = difference(found.x, x);
    const y = difference(found.gradient, gradient);
    const curvature = dot(s, y);
    if (curvature > 0) {
      steps.push({ s, y, rho: 1 / curvature });
      if (steps.length > memory) steps.shift();
    }
    ({ x, value, gradient } = found);
  }
}

/** In four sums: the processor need not wait for one addition to begin the next. */
function dot(a: Float64Array, b: Float64Array): number {
  let [first, second, third, fourth] = [0, 0, 0, 0];
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

/** `a + scale · b`, in place of `a`. */
function add(a: Float64Array, scale: number, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) a[i]! += scale * b[i]!;
}

function difference(a: Float64Array, b: Float64Array): Float64Array {
  const result = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) result[i] = a[i]! - b[i]!;
  return result;
}

/** NaN when there is one. */
function largest(values: Float64Array): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]!));
  return most;
}

/** The two loops of L-BFGS: minus the gradient, times what is known of the inverse curvature. */
function descent(gradient: Float64Array, steps: readonly Step[]): Float64Array {
  const direction = new Float64Array(gradient.length);
  add(direction, -1, gradient);
  const alphas = new Float64Array(steps.length);
  for (let k = steps.length - 1; k >= 0; k--) {
    const { s, y, rho } = steps[k]!;
    alphas[k] = rho * dot(s, direction);
    add(direction, -alphas[k]!, y);
  }
  const last = steps.at(-1);
  const scale = last === undefined ? 1 : 1 / (last.rho * dot(last.y, last.y));
  for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  steps.forEach(({ s, y, rho }, k) => {
    add(direction, alphas[k]! - rho * dot(y, direction), s);
  });
  return direction;
}

interface Point {
  readonly x: Float64Array;
  readonly value: number;
  readonly gradient: Float64Array;
}

/** @returns undefined when no step helps any more */
function lineSearch(
  objective: Objective,
  from: Point,
  direction: Float64Array,
  isFirst: boolean,
): { x: Float64Array<ArrayBuffer>; value: number; gradient: Float64Array<ArrayBuffer> } | undefined {
  const slope = dot(from.gradient, direction);
  if (!(slope < 0)) return undefined;
  let [low, high] = [0, Number.POSITIVE_INFINITY];
  // Of the first step nothing is known but that a gradient may be long.
  let step = isFirst ? Math.min(1, 1 / Math.sqrt(dot(from.gradient, from.gradient))) : 1;
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const x = from.x.slice();
    add(x, step, direction);
    const gradient = new Float64Array(x.length);
    const value = objective(x, gradient);
    if (!(value <= from.value + GAIN * step * slope)) high = step;
    else if (dot(gradient, direction) < SLOPE * slope) low = step;
    else return { x, value, gradient };
    step = high === Number.POSITIVE_INFINITY ? 2 * low : (low + high) / 2;
  }
  return undefined;
}
