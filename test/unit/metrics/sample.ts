/** Made-up predictions with many ties, the same in the Python that computed the tests' expectations. */
export function sample(rows: number, classes: number, seed: number, signal: number) {
  // The C standard's example generator: short in any language. BigInt, as its products exceed 2^53.
  let state = BigInt(seed);
  const next = () => {
    state = (state * 1103515245n + 12345n) % 2147483648n;
    return Number(state) / 2147483648;
  };
  const labels = new Int32Array(rows);
  const probabilities = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const scores = Array.from({ length: classes }, () => Math.round(next() * 10) + 1);
    labels[row] = Math.floor(next() * classes);
    scores[labels[row]!]! += signal;
    const sum = scores.reduce((a, b) => a + b);
    scores.forEach((score, index) => {
      probabilities[row * classes + index] = score / sum;
    });
  }
  return { labels, probabilities, classes };
}
