// Dropout without a mask in memory: what an element is multiplied with is a hash of its place and of two seeds, made again on the
// way back. `learning/encoders/network/dropout.ts` has the same function. The mixing is Wellons's lowbias32
// (https://nullprogram.com/blog/2018/07/31/) with a second seed in its middle.
#pragma once
#include "lanes.h"

struct Dropout {
  uint32_t first, second;
  // Of 65,536; 0: nothing is dropped.
  uint32_t below;
  float keep;
};

inline Dropout dropoutOf(float rate, uint32_t first, uint32_t second) {
  return {first, second, uint32_t(rate * 65536.0f + 0.5f), 1.0f / (1.0f - rate)};
}

// Factors of sixteen elements from `place` on.
INLINE Lanes factors(const Dropout& drop, uint32_t place) {
  Lanes r;
  for (int p = 0; p < PARTS; p++) {
    NativeBits x;
    for (int k = 0; k < WIDTH; k++) x[k] = uint32_t(p * WIDTH + k);
    x += place + drop.first;
    x ^= x >> 16;
    x *= 0x7feb352du;
    x ^= x >> 15;
    x ^= drop.second;
    x *= 0x846ca68bu;
    x ^= x >> 16;
    const Native none = {};
    r.part[p] = (NativeInt)(x >> 16) < int32_t(drop.below) ? none : drop.keep - none;
  }
  return r;
}
