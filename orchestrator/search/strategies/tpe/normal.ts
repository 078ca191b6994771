/** The standard normal distribution. */

const ROOT_TWO_PI = Math.sqrt(2 * Math.PI);

export const density = (x: number): number => Math.exp(-0.5 * x * x) / ROOT_TWO_PI;

/** The probability of less than x, to a relative error of 1.2e-7 (Press et al., Numerical Recipes, 6.2, `erfcc`). */
export function below(x: number): number {
  const z = Math.abs(x) * Math.SQRT1_2;
  const t = 1 / (1 + 0.5 * z);
  let sum = 0;
  for (const coefficient of ERFC) sum = sum * t + coefficient;
  const tail = 0.5 * t * Math.exp(-z * z + sum);
  return x < 0 ? tail : 1 - tail;
}

/** From the highest power of t down. */
const ERFC = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
];
