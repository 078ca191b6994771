// AdamW's move of one array (Loshchilov and Hutter, 2019); `learning/encoders/optimizer/adamw.ts` has the equations and the same loop.
#pragma once
#include "lanes.h"

struct AdamWStep {
  float keep, alpha, epsilon, gradientScale;
};

static void adamWMove(long floats, float* w, float* m, float* v, const float* g, const AdamWStep& step) {
  constexpr float beta1 = 0.9f, beta2 = 0.999f;
  for (long j = 0; j < floats; j += LANES) {
    const int count = int(floats - j < LANES ? floats - j : LANES);
    const Lanes slope = load(g + j, count) * all(step.gradientScale);
    const Lanes mean = fma(all(beta1), load(m + j, count), all(1 - beta1) * slope);
    const Lanes square = fma(all(beta2), load(v + j, count), all(1 - beta2) * slope * slope);
    store(m + j, mean, count);
    store(v + j, square, count);
    const Lanes move = all(step.alpha) * mean / (root(square) + all(step.epsilon));
    store(w + j, fma(all(step.keep), load(w + j, count), all(0) - move), count);
  }
}

// Σ g²
static double sumOfSquares(long floats, const float* g) {
  double total = 0;
  for (long from = 0; from < floats; from += 4096) {
    const long to = from + 4096 < floats ? from + 4096 : floats;
    Lanes squares = all(0);
    for (long j = from; j < to; j += LANES) {
      const Lanes v = load(g + j, int(to - j < LANES ? to - j : LANES));
      squares = fma(v, v, squares);
    }
    total += sum(squares);
  }
  return total;
}
