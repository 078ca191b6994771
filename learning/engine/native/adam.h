// Adam with rows that move later (Kingma and Ba, 2015); `learning/engine/adam.ts` has the equations and the same loops.
#pragma once
#include "lanes.h"

// What a row needs for the steps that left it out: Σ by the step it is up to date with, and the shrinking of both moments by
// how many steps there were.
struct AdamPast {
  const float *sums, *shrinkM, *shrinkV;
};
struct AdamArrays {
  float *w, *m, *v;
};
constexpr float ADAM_EPSILON = 1e-7f;

static INLINE void adamMove(long floats, const AdamArrays& to, const float* g, float alpha) {
  // The shares of the new are constants too: 1 − 0.999 in floats is off by 10⁻⁵ of itself.
  constexpr float beta1 = 0.9f, beta2 = 0.999f, new1 = 0.1f, new2 = 0.001f;
  for (long j = 0; j < floats; j += LANES) {
    const int count = int(floats - j < LANES ? floats - j : LANES);
    const Lanes slope = load(g + j, count);
    const Lanes mean = fma(all(beta1), load(to.m + j, count), all(new1) * slope);
    const Lanes square = fma(all(beta2), load(to.v + j, count), all(new2) * slope * slope);
    store(to.m + j, mean, count);
    store(to.v + j, square, count);
    store(to.w + j, load(to.w + j, count) - all(alpha) * mean / (root(square) + all(ADAM_EPSILON)), count);
  }
}

static INLINE void adamCatchUp(long columns, const AdamArrays& to, int32_t& upTo, int32_t now, const AdamPast& past) {
  const int32_t since = upTo;
  if (since == now || since == 0) return;
  upTo = now;
  const Lanes sum = all(past.sums[since]), shrinkM = all(past.shrinkM[now - since]), shrinkV = all(past.shrinkV[now - since]);
  for (long j = 0; j < columns; j += LANES) {
    const int count = int(columns - j < LANES ? columns - j : LANES);
    const Lanes mean = load(to.m + j, count), square = load(to.v + j, count);
    store(to.w + j, load(to.w + j, count) - sum * mean / (root(square) + all(ADAM_EPSILON)), count);
    store(to.m + j, mean * shrinkM, count);
    store(to.v + j, square * shrinkV, count);
  }
}

INLINE AdamArrays rowOf(const AdamArrays& all, long row, long columns) {
  return {all.w + row * columns, all.m + row * columns, all.v + row * columns};
}

// Brings rows up to date with step `now`.
static void adamCatchUpRows(long count, const int32_t* rows, long columns, const AdamArrays& to, int32_t* upTo, int32_t now,
                            const AdamPast& past) {
  for (long k = 0; k < count; k++) adamCatchUp(columns, rowOf(to, rows[k], columns), upTo[rows[k]], now, past);
}

// Step `now` + 1 of some rows.
static void adamMoveRows(long count, const int32_t* rows, long columns, const AdamArrays& to, const float* g, float alpha, int32_t* upTo,
                         int32_t now, const AdamPast& past) {
  for (long k = 0; k < count; k++) {
    const AdamArrays row = rowOf(to, rows[k], columns);
    adamCatchUp(columns, row, upTo[rows[k]], now, past);
    adamMove(columns, row, g + k * columns, alpha);
    upTo[rows[k]] = now + 1;
  }
}
