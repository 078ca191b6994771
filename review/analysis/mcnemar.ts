/** Two classifiers over the same rows. */

/**
 * p of McNemar's exact test of both sides (McNemar 1947): rows that one gets right and the other wrong fall either way as a coin
 * does, if both are as good.
 */
export function mcnemar(onlyFirst: number, onlySecond: number): number {
  const all = onlyFirst + onlySecond;
  const few = Math.min(onlyFirst, onlySecond);
  if (2 * few === all) return 1;
  // Summed as logarithms: half to the power of all is 0 from 1,075 on.
  let term = -all * Math.LN2;
  let sum = 0;
  for (let k = 0; k <= few; k++) {
    sum += Math.exp(term);
    term += Math.log((all - k) / (k + 1));
  }
  return Math.min(1, 2 * sum);
}
