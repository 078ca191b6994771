/**
 * Student's t distribution for whole degrees of freedom, which fold scores always have: a finite sum then, exact to the last
 * digits (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4). npm's distributions are untyped, or bring 200 packages along.
 */

/** Probability that |T| is at most `t`. */
function within(t: number, df: number): number {
  const angle = Math.atan(t / Math.sqrt(df));
  const cosine = Math.cos(angle);
  const odd = df % 2;
  let term: number = odd === 1 ? cosine : 1;
  let sum = 0;
  for (let power = 2; power <= df - odd; power += 2) {
    sum += term;
    term *= ((power - 1 + odd) / (power + odd)) * cosine * cosine;
  }
  return odd === 1 ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** Probability of a value at least as far from 0 as `t`, on either side. */
export const twoSidedP = (t: number, df: number): number => Math.max(0, 1 - within(Math.abs(t), df));

/** Probability of a value of at most `t`. */
export const studentCdf = (t: number, df: number): number => (1 + Math.sign(t) * within(Math.abs(t), df)) / 2;

const criticals = new Map<string, number>();

/** The distance from 0 that a value passes, on either side, with probability `p` above 0. */
export function criticalT(p: number, df: number): number {
  const key = `${p} ${df}`;
  const known = criticals.get(key);
  if (known !== undefined) return known;
  const found = bisect(p, df);
  // Thousands of comparisons ask for the same one; whoever asks for many different ones is not served by keeping them.
  if (criticals.size < 1000) criticals.set(key, found);
  return found;
}

function bisect(p: number, df: number): number {
  let high = 1;
  while (twoSidedP(high, df) > p && high < 1e12) high *= 2;
  let low = 0;
  for (let step = 0; step < 100; step++) {
    const middle = (low + high) / 2;
    if (twoSidedP(middle, df) > p) low = middle;
    else high = middle;
  }
  return high;
}
