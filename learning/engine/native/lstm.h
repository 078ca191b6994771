// An LSTM layer over whole sequences, time-major, forward and back (Hochreiter and Schmidhuber, 1997; Gers et al., 2000), gates in Keras's
// order. With h₋₁ = c₋₁ = 0 and, if there is recurrent dropout, a mask for h:
//
//   [i f g o] = x W + (mask · hₜ₋₁) U + b          i, f, o ← σ, g ← tanh
//   cₜ = f · cₜ₋₁ + i · g          hₜ = o · tanh cₜ
//
// Some steps at a time, as many as the nearer caches hold: the input's product is one for all of them, the recurrent one a step each; on
// the way back the gates' gradients take the gates' place, and those by weights and input are products over the same steps. W and U are
// packed once for all.
#pragma once
#include "product.h"

struct LstmSizes {
  long steps, rows, inputs, units;
};

// What the way back reads.
struct LstmTape {
  // [steps, rows, 4 units], [steps, rows, units], and with a mask what was fed back, [steps, rows, units].
  float *gates, *cells, *fed;
};

// Rows of gates, of one step or of several, that are worked on together: with 128 units they take half a megabyte.
constexpr long STRETCH_ROWS = 256;
inline long stretchSteps(const LstmSizes& s) { return std::min(s.steps, std::max(1L, STRETCH_ROWS / std::max(1L, s.rows))); }

inline long lstmTapeFloats(const LstmSizes& s, bool masked) { return s.steps * s.rows * s.units * (masked ? 6 : 5); }
inline LstmTape lstmTapeAt(float* at, const LstmSizes& s) {
  const long all = s.steps * s.rows * s.units;
  return {at, at + 4 * all, at + 5 * all};
}
// Floats of scratch that either way needs: panels, W and U packed, and on the way back a stretch's gradients and two states of all rows.
inline long lstmScratchFloats(const LstmSizes& s) {
  const long wide = 4 * s.units;
  const long forward = packedFloats(s.inputs, wide) + packedFloats(s.units, wide);
  const long back = packedFloats(wide, s.inputs) + packedFloats(wide, s.units) + packedFloats(stretchSteps(s) * s.rows, wide);
  return PANELS + std::max(forward, back + 2 * s.rows * s.units);
}

#define EACH_UNIT for (long j = 0; j < s.units; j += LANES)
#define UNIT_COUNT int(std::min<long>(LANES, s.units - j))

static void lstmForward(const LstmSizes& s, const float* x, const float* matrix, const float* bias, const float* mask, float* hidden,
                        float* tape, float* scratch) {
  const long wide = 4 * s.units, state = s.rows * s.units;
  const LstmTape t = lstmTapeAt(tape, s);
  float* w = scratch + PANELS;
  float* u = w + packedFloats(s.inputs, wide);
  packAll(rowMajor(matrix, wide), s.inputs, wide, w);
  packAll(rowMajor(matrix + s.inputs * wide, wide), s.units, wide, u);
  const long stretch = stretchSteps(s);
  for (long step = 0; step < s.steps; step++) {
    float* gates = t.gates + step * s.rows * wide;
    if (step % stretch == 0) {
      const long rows = std::min(stretch, s.steps - step) * s.rows;
      product(rows, wide, s.inputs, rowMajor(x + step * s.rows * s.inputs, s.inputs), {}, gates, wide, scratch, Into::set, bias, w);
    }
    float* cells = t.cells + step * state;
    float* h = hidden + step * state;
    if (step > 0) {
      const float* fed = h - state;
      if (mask) {
        float* masked = t.fed + step * state;
        for (long j = 0; j < state; j += LANES) {
          const int count = int(std::min<long>(LANES, state - j));
          store(masked + j, load(fed + j, count) * load(mask + j, count), count);
        }
        fed = masked;
      }
      product(s.rows, wide, s.units, rowMajor(fed, s.units), {}, gates, wide, scratch, Into::add, nullptr, u);
    }
    for (long r = 0; r < s.rows; r++) {
      float* gate = gates + r * wide;
      EACH_UNIT {
        const int count = UNIT_COUNT;
        const Lanes i = sigmoid(load(gate + j, count));
        const Lanes f = sigmoid(load(gate + s.units + j, count));
        const Lanes g = hyperbolicTangent(load(gate + 2 * s.units + j, count));
        const Lanes o = sigmoid(load(gate + 3 * s.units + j, count));
        const long at = r * s.units + j;
        Lanes c = i * g;
        if (step > 0) c = fma(f, load(cells - state + at, count), c);
        store(gate + j, i, count);
        store(gate + s.units + j, f, count);
        store(gate + 2 * s.units + j, g, count);
        store(gate + 3 * s.units + j, o, count);
        store(cells + at, c, count);
        store(h + at, o * hyperbolicTangent(c), count);
      }
    }
  }
}

// `tape` is overwritten. Gradients are set; `dInput` may be null where nobody reads it.
static void lstmBackward(const LstmSizes& s, const float* x, const float* matrix, const float* mask, const float* hidden, float* tape,
                         const float* dHidden, float* dInput, float* dMatrix, float* dBias, float* scratch) {
  const long wide = 4 * s.units, state = s.rows * s.units;
  const LstmTape t = lstmTapeAt(tape, s);
  const long stretch = stretchSteps(s);
  float* w = scratch + PANELS;
  float* u = w + packedFloats(wide, s.inputs);
  float* packed = u + packedFloats(wide, s.units);
  float* dCell = packed + packedFloats(stretch * s.rows, wide);
  float* dFed = dCell + state;
  if (dInput) packAll(transposed(rowMajor(matrix, wide)), wide, s.inputs, w);
  packAll(transposed(rowMajor(matrix + s.inputs * wide, wide)), wide, s.units, u);
  std::fill(dMatrix, dMatrix + (s.inputs + s.units) * wide, 0.0f);
  std::fill(dCell, dCell + state, 0.0f);
  std::fill(dBias, dBias + wide, 0.0f);
  for (long step = s.steps - 1; step >= 0; step--) {
    float* gates = t.gates + step * s.rows * wide;
    const float* cells = t.cells + step * state;
    const float* dh = dHidden + step * state;
    const bool last = step == s.steps - 1;
    for (long r = 0; r < s.rows; r++) {
      float* gate = gates + r * wide;
      EACH_UNIT {
        const int count = UNIT_COUNT;
        const long at = r * s.units + j;
        const Lanes i = load(gate + j, count), f = load(gate + s.units + j, count);
        const Lanes g = load(gate + 2 * s.units + j, count), o = load(gate + 3 * s.units + j, count);
        Lanes dH = load(dh + at, count);
        if (!last) {
          Lanes fed = load(dFed + at, count);
          if (mask) fed = fed * load(mask + at, count);
          dH = dH + fed;
        }
        const Lanes one = all(1.0f), bent = hyperbolicTangent(load(cells + at, count));
        const Lanes dC = fma(dH * o, one - bent * bent, load(dCell + at, count));
        Lanes before = all(0);
        if (step > 0) before = load(cells - state + at, count);
        const Lanes dI = dC * g * i * (one - i), dF = dC * before * f * (one - f);
        const Lanes dG = dC * i * (one - g * g), dO = dH * bent * o * (one - o);
        store(dCell + at, dC * f, count);
        store(gate + j, dI, count);
        store(gate + s.units + j, dF, count);
        store(gate + 2 * s.units + j, dG, count);
        store(gate + 3 * s.units + j, dO, count);
        store(dBias + j, load(dBias + j, count) + dI, count);
        store(dBias + s.units + j, load(dBias + s.units + j, count) + dF, count);
        store(dBias + 2 * s.units + j, load(dBias + 2 * s.units + j, count) + dG, count);
        store(dBias + 3 * s.units + j, load(dBias + 3 * s.units + j, count) + dO, count);
      }
    }
    if (step > 0) product(s.rows, s.units, wide, rowMajor(gates, wide), {}, dFed, s.units, scratch, Into::set, nullptr, u);
    if (step % stretch == 0) {
      const long before = step * s.rows, rows = std::min(stretch, s.steps - step) * s.rows;
      packAll(rowMajor(gates, wide), rows, wide, packed);
      product(s.inputs, wide, rows, transposed(rowMajor(x + before * s.inputs, s.inputs)), {}, dMatrix, wide, scratch, Into::add, nullptr,
              packed);
      // What was fed back at step t is of step t − 1, or with a mask is kept at t. At step 0 there was nothing.
      const long first = std::max(step, 1L), later = rows - (first - step) * s.rows;
      const float* fed = mask ? t.fed + first * state : hidden + (first - 1) * state;
      if (later > 0)
        product(s.units, wide, later, transposed(rowMajor(fed, s.units)), rowMajor(t.gates + first * s.rows * wide, wide),
                dMatrix + s.inputs * wide, wide, scratch, Into::add, nullptr, step > 0 ? packed : nullptr);
      if (dInput)
        product(rows, s.inputs, wide, rowMajor(gates, wide), {}, dInput + before * s.inputs, s.inputs, scratch, Into::set, nullptr, w);
    }
  }
}
