// Sixteen floats at a time, whatever the processor's registers hold: sums over lanes are made in one order on all of them, so that
// every instruction set with fused multiply-adds gives the same bits.
#pragma once
#include <cstdint>
#include <cstring>
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#define INLINE inline __attribute__((always_inline))

constexpr int LANES = 16;

#if defined(__AVX512F__)
constexpr int WIDTH = 16;
#elif defined(__AVX2__) && defined(__FMA__)
constexpr int WIDTH = 8;
#else
constexpr int WIDTH = 4;
#endif
constexpr int PARTS = LANES / WIDTH;

typedef float Native __attribute__((vector_size(4 * WIDTH)));
typedef float InMemory __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
typedef int32_t NativeInt __attribute__((vector_size(4 * WIDTH)));
typedef uint32_t NativeBits __attribute__((vector_size(4 * WIDTH)));

// a b + c, rounded once where the processor can.
INLINE Native multiplyAdd(Native a, Native b, Native c) {
#if defined(__AVX512F__)
  return _mm512_fmadd_ps(a, b, c);
#elif defined(__AVX2__) && defined(__FMA__)
  return _mm256_fmadd_ps(a, b, c);
#elif defined(__ARM_NEON)
  return vfmaq_f32(c, a, b);
#else
  return a * b + c;
#endif
}

INLINE Native squareRoot(Native a) {
#if defined(__AVX512F__)
  return _mm512_sqrt_ps(a);
#elif defined(__AVX2__) && defined(__FMA__)
  return _mm256_sqrt_ps(a);
#elif defined(__ARM_NEON)
  return vsqrtq_f32(a);
#else
  return _mm_sqrt_ps(a);
#endif
}

struct Lanes {
  Native part[PARTS];
};

#define EACH_PART for (int p = 0; p < PARTS; p++)

INLINE Lanes all(float value) {
  Lanes r;
  EACH_PART r.part[p] = value - Native{};
  return r;
}
INLINE Lanes load(const float* from) {
  Lanes r;
  EACH_PART r.part[p] = *(const InMemory*)(from + p * WIDTH);
  return r;
}
INLINE void store(float* to, Lanes a) {
  EACH_PART *(InMemory*)(to + p * WIDTH) = a.part[p];
}

// The first `count` lanes; the others are 0.
INLINE Lanes load(const float* from, int count) {
  if (count >= LANES) return load(from);
  Lanes r = all(0);
  memcpy(&r, from, count * sizeof(float));
  return r;
}
INLINE void store(float* to, Lanes a, int count) {
  if (count >= LANES) store(to, a);
  else memcpy(to, &a, count * sizeof(float));
}

#define LANEWISE(op)                               \
  INLINE Lanes operator op(Lanes a, Lanes b) {     \
    EACH_PART a.part[p] = a.part[p] op b.part[p];  \
    return a;                                      \
  }
LANEWISE(+)
LANEWISE(-)
LANEWISE(*)
LANEWISE(/)

INLINE Lanes fma(Lanes a, Lanes b, Lanes c) {
  EACH_PART c.part[p] = multiplyAdd(a.part[p], b.part[p], c.part[p]);
  return c;
}
INLINE Lanes root(Lanes a) {
  EACH_PART a.part[p] = squareRoot(a.part[p]);
  return a;
}
INLINE Lanes largest(Lanes a, Lanes b) {
  EACH_PART a.part[p] = a.part[p] < b.part[p] ? b.part[p] : a.part[p];
  return a;
}
INLINE Lanes magnitude(Lanes a) {
  EACH_PART a.part[p] = (Native)((NativeBits)a.part[p] & 0x7fffffffu);
  return a;
}
// `yes` where a < b, else `no`.
INLINE Lanes whereLess(Lanes a, Lanes b, Lanes yes, Lanes no) {
  EACH_PART yes.part[p] = a.part[p] < b.part[p] ? yes.part[p] : no.part[p];
  return yes;
}

// Sum over the lanes, by halves.
INLINE float sum(Lanes a) {
  float v[LANES];
  store(v, a);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int k = 0; k < half; k++) v[k] += v[k + half];
  return v[0];
}
INLINE float largest(Lanes a) {
  float v[LANES];
  store(v, a);
  for (int half = LANES / 2; half > 0; half /= 2)
    for (int k = 0; k < half; k++) v[k] = v[k] < v[k + half] ? v[k + half] : v[k];
  return v[0];
}

// eˣ to 2 units in the last place: x = n ln 2 + r, a polynomial in r, and n into the exponent. Below −87 it is e⁻⁸⁷, above 88 e⁸⁸; NaN stays.
INLINE Lanes exponential(Lanes x) {
  const Lanes low = all(-87.0f), high = all(88.0f);
  x = whereLess(x, low, low, x);
  x = whereLess(high, x, high, x);
  // Adding 1.5 × 2²³ leaves the nearest whole number in the last bits.
  const Lanes shift = all(12582912.0f);
  const Lanes shifted = fma(x, all(1.44269504088896341f), shift);
  const Lanes n = shifted - shift;
  Lanes r = fma(n, all(-0.693359375f), x);
  r = fma(n, all(2.12194440e-4f), r);
  Lanes y = all(1.9875691500e-4f);
  y = fma(y, r, all(1.3981999507e-3f));
  y = fma(y, r, all(8.3334519073e-3f));
  y = fma(y, r, all(4.1665795894e-2f));
  y = fma(y, r, all(1.6666665459e-1f));
  y = fma(y, r, all(5.0000001201e-1f));
  y = fma(y, r * r, r + all(1.0f));
  Lanes power;
  EACH_PART power.part[p] = (Native)(((NativeInt)shifted.part[p] - 0x4b400000 + 127) << 23);
  return y * power;
}

INLINE Lanes sigmoid(Lanes x) { return all(1.0f) / (all(1.0f) + exponential(all(0) - x)); }
// To 1e-7, absolutely.
INLINE Lanes hyperbolicTangent(Lanes x) { return all(1.0f) - all(2.0f) / (all(1.0f) + exponential(x + x)); }
