// One Transformer layer as BERT has it (Vaswani et al., 2017, https://arxiv.org/abs/1706.03762; Devlin et al., 2019), forward and back, over the tokens
// of all rows below each other, without padding:
//
//   q, k, v = x Wqkvᵀ + bqkv          a = dropout(softmax(q kᵀ / √depth)) v            by row and head
//   first   = norm(x + dropout(a Woᵀ + bo))
//   u       = first Wiᵀ + bi          y = norm(first + dropout(gelu(u) Wpᵀ + bp))
//
// The way back makes again what is cheap to make: attention's weights, gelu, `first` and the dropout.
#pragma once
#include <cmath>
#include "dropout.h"
#include "product.h"

struct LayerSizes {
  long tokens, rows, hidden, heads, intermediate, longest;
  float epsilon;
};

// In the order of the optimizer: weight and bias of each.
enum Part { QKV, ATTENTION_OUTPUT, ATTENTION_NORM, INTERMEDIATE, OUTPUT, OUTPUT_NORM, PART_COUNT };
struct Layer {
  const float* weight[PART_COUNT];
  const float* bias[PART_COUNT];
};
// The right operands of a layer's forward products, packed once: for weights that don't change. Null: they are packed as they come.
struct PackedLayer {
  const float *qkv, *attentionOutput, *intermediate, *output;
};
inline long packedLayerFloats(const LayerSizes& s) {
  return packedFloats(s.hidden, 3 * s.hidden) + packedFloats(s.hidden, s.hidden) + packedFloats(s.hidden, s.intermediate) +
         packedFloats(s.intermediate, s.hidden);
}
template <typename Floats>
inline PackedLayer packedLayerAt(Floats* at, const LayerSizes& s) {
  Floats* attentionOutput = at + packedFloats(s.hidden, 3 * s.hidden);
  Floats* intermediate = attentionOutput + packedFloats(s.hidden, s.hidden);
  return {at, attentionOutput, intermediate, intermediate + packedFloats(s.hidden, s.intermediate)};
}
static void packLayer(const LayerSizes& s, const Layer& w, float* to) {
  const PackedLayer at = packedLayerAt(to, s);
  const auto pack = [&](const float* weight, long inputs, long outputs, const float* place) {
    packAll(transposed(rowMajor(weight, inputs)), inputs, outputs, to + (place - to));
  };
  pack(w.weight[QKV], s.hidden, 3 * s.hidden, at.qkv);
  pack(w.weight[ATTENTION_OUTPUT], s.hidden, s.hidden, at.attentionOutput);
  pack(w.weight[INTERMEDIATE], s.hidden, s.intermediate, at.intermediate);
  pack(w.weight[OUTPUT], s.intermediate, s.hidden, at.output);
}

struct LayerGradients {
  float* weight[PART_COUNT];
  float* bias[PART_COUNT];
};
struct LayerDropout {
  Dropout attention, attentionOutput, output;
};

// What the way back reads, in one piece of memory.
struct LayerTape {
  float *qkv, *attended, *normal, *scale, *widened, *normalOut, *scaleOut;
};
inline long tapeFloats(const LayerSizes& s) { return s.tokens * (6 * s.hidden + s.intermediate + 2); }
inline LayerTape tapeAt(float* at, const LayerSizes& s) {
  LayerTape t;
  const auto take = [&](long floats) { float* from = at; at += s.tokens * floats; return from; };
  t.qkv = take(3 * s.hidden);
  t.attended = take(s.hidden);
  t.normal = take(s.hidden);
  t.scale = take(1);
  t.widened = take(s.intermediate);
  t.normalOut = take(s.hidden);
  t.scaleOut = take(1);
  return t;
}

inline long padded(long n) { return (n + LANES - 1) / LANES * LANES; }
inline long scoreFloats(const LayerSizes& s) { return s.longest * padded(s.longest); }
// Floats of scratch that either way needs: the panels, two matrices of scores, a wide and four narrow matrices.
inline long scratchFloats(const LayerSizes& s) {
  return PANELS + 2 * scoreFloats(s) + s.tokens * (2 * s.intermediate + 6 * s.hidden);
}

#define EACH_LANE_OF(n) for (long j = 0; j < (n); j += LANES)
#define COUNT_OF(n) int(std::min<long>(LANES, (n) - j))

// normal = (z − mean z) / √(variance z + ε), y = normal γ + β, where z = y_before dropout + x; in place in `y`.
static void addAndNorm(const LayerSizes& s, float* y, const float* x, const Dropout& drop, const float* weight, const float* bias,
                       float* normal, float* scale) {
  const long n = s.hidden;
  for (long t = 0; t < s.tokens; t++) {
    float* row = y + t * n;
    Lanes total = all(0);
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      Lanes z = load(row + j, count);
      if (drop.below) z = z * factors(drop, uint32_t(t * n + j));
      if (x) z = z + load(x + t * n + j, count);
      store(row + j, z, count);
      total = total + load(row + j, count);
    }
    const Lanes mean = all(sum(total) / float(n));
    Lanes squares = all(0);
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      store(row + j, load(row + j, count) - mean, count);
      const Lanes centred = load(row + j, count);
      squares = fma(centred, centred, squares);
    }
    const float rate = 1.0f / std::sqrt(sum(squares) / float(n) + s.epsilon);
    if (scale) scale[t] = rate;
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      const Lanes level = load(row + j, count) * all(rate);
      if (normal) store(normal + t * n + j, level, count);
      store(row + j, fma(level, load(weight + j, count), load(bias + j, count)), count);
    }
  }
}

// From dy to dz, in place; the gradients by γ and β are set.
static void normBack(const LayerSizes& s, float* dy, const float* normal, const float* scale, const float* weight, float* dWeight,
                     float* dBias) {
  const long n = s.hidden;
  std::fill(dWeight, dWeight + n, 0.0f);
  std::fill(dBias, dBias + n, 0.0f);
  for (long t = 0; t < s.tokens; t++) {
    float* d = dy + t * n;
    const float* level = normal + t * n;
    Lanes total = all(0), along = all(0);
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      const Lanes g = load(d + j, count), l = load(level + j, count), gw = g * load(weight + j, count);
      total = total + gw;
      along = fma(gw, l, along);
      store(dWeight + j, fma(g, l, load(dWeight + j, count)), count);
      store(dBias + j, load(dBias + j, count) + g, count);
    }
    const Lanes mean = all(sum(total) / float(n)), slope = all(-sum(along) / float(n)), rate = all(scale[t]);
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      const Lanes gw = load(d + j, count) * load(weight + j, count);
      store(d + j, fma(slope, load(level + j, count), gw - mean) * rate, count);
    }
  }
}

// Φ(x) of the normal distribution and its density, to 1e-7, from one exponential (Abramowitz and Stegun, 7.1.26).
INLINE void normalDistribution(Lanes x, Lanes& below, Lanes& density) {
  const Lanes bell = exponential(x * x * all(-0.5f));
  density = bell * all(0.398942280401432678f);
  const Lanes t = all(1.0f) / fma(all(0.3275911f * 0.707106781186547524f), magnitude(x), all(1.0f));
  Lanes tail = fma(t, all(0.5f * 1.061405429f), all(0.5f * -1.453152027f));
  tail = fma(tail, t, all(0.5f * 1.421413741f));
  tail = fma(tail, t, all(0.5f * -0.284496736f));
  tail = fma(tail, t, all(0.5f * 0.254829592f)) * t * bell;
  below = whereLess(x, all(0), tail, all(1.0f) - tail);
}

static void gelu(long floats, const float* x, float* y) {
  for (long j = 0; j < floats; j += LANES) {
    const int count = COUNT_OF(floats);
    const Lanes v = load(x + j, count);
    Lanes below, density;
    normalDistribution(v, below, density);
    store(y + j, v * below, count);
  }
}

// From dy to dx, in place, and y once more.
static void geluBack(long floats, const float* x, float* dy, float* y) {
  for (long j = 0; j < floats; j += LANES) {
    const int count = COUNT_OF(floats);
    const Lanes v = load(x + j, count);
    Lanes below, density;
    normalDistribution(v, below, density);
    store(y + j, v * below, count);
    store(dy + j, load(dy + j, count) * fma(v, density, below), count);
  }
}

static void sumRows(long rows, long columns, const float* from, float* to) {
  std::fill(to, to + columns, 0.0f);
  for (long t = 0; t < rows; t++)
    for (long j = 0; j < columns; j += LANES) {
      const int count = COUNT_OF(columns);
      store(to + j, load(to + j, count) + load(from + t * columns + j, count), count);
    }
}

static void dropRows(long floats, float* values, const Dropout& drop) {
  if (!drop.below) return;
  for (long j = 0; j < floats; j += LANES) {
    const int count = COUNT_OF(floats);
    store(values + j, load(values + j, count) * factors(drop, uint32_t(j)), count);
  }
}

// softmax(q kᵀ / √depth) of one row and head into `scores`, `step` floats from row to row.
static void attentionWeights(long length, long depth, long hidden, const float* q, const float* k, float* scores, long step,
                             float* panels) {
  product(length, length, depth, rowMajor(q, 3 * hidden), transposed(rowMajor(k, 3 * hidden)), scores, step, panels);
  const Lanes scale = all(1.0f / std::sqrt(float(depth)));
  for (long i = 0; i < length; i++) {
    float* row = scores + i * step;
    Lanes most = all(row[0]);
    EACH_LANE_OF(length) {
      const int count = COUNT_OF(length);
      // Beyond the row's end stands its first score, which changes no maximum.
      for (int rest = count; rest < LANES; rest++) row[j + rest] = row[0];
      most = largest(most, load(row + j));
    }
    const Lanes top = all(largest(most));
    Lanes total = all(0);
    EACH_LANE_OF(length) {
      const int count = COUNT_OF(length);
      store(row + j, exponential((load(row + j) - top) * scale));
      for (int rest = count; rest < LANES; rest++) row[j + rest] = 0;
      total = total + load(row + j);
    }
    const Lanes share = all(1.0f / sum(total));
    EACH_LANE_OF(length) store(row + j, load(row + j) * share);
  }
}

// Place of a score among all: dropout's element.
struct ScorePlace {
  uint32_t base;
  long length;
  uint32_t at(long head, long i, long j) const { return base + uint32_t((head * length + i) * length + j); }
};

static void dropScores(long head, long length, float* scores, long step, const Dropout& drop, const ScorePlace& place) {
  if (!drop.below) return;
  for (long i = 0; i < length; i++)
    EACH_LANE_OF(length) {
      float* at = scores + i * step + j;
      store(at, load(at) * factors(drop, place.at(head, i, j)));
    }
}

static void attention(const LayerSizes& s, const int32_t* lengths, const float* qkv, float* attended, const Dropout& drop,
                      float* scores, float* panels) {
  const long depth = s.hidden / s.heads;
  ScorePlace place{0, 0};
  long from = 0;
  for (long r = 0; r < s.rows; r++) {
    const long length = lengths[r], step = padded(length);
    place.length = length;
    for (long h = 0; h < s.heads; h++) {
      const float* q = qkv + from * 3 * s.hidden + h * depth;
      attentionWeights(length, depth, s.hidden, q, q + s.hidden, scores, step, panels);
      dropScores(h, length, scores, step, drop, place);
      product(length, depth, length, rowMajor(scores, step), rowMajor(q + 2 * s.hidden, 3 * s.hidden),
              attended + from * s.hidden + h * depth, s.hidden, panels);
    }
    place.base += uint32_t(s.heads * length * length);
    from += length;
  }
}

static void attentionBack(const LayerSizes& s, const int32_t* lengths, const float* qkv, const float* dAttended, float* dQkv,
                          const Dropout& drop, float* scores, float* dScores, float* panels) {
  const long depth = s.hidden / s.heads, wide = 3 * s.hidden;
  const Lanes scale = all(1.0f / std::sqrt(float(depth)));
  ScorePlace place{0, 0};
  long from = 0;
  for (long r = 0; r < s.rows; r++) {
    const long length = lengths[r], step = padded(length);
    place.length = length;
    for (long h = 0; h < s.heads; h++) {
      const float* q = qkv + from * wide + h * depth;
      const Matrix dy = rowMajor(dAttended + from * s.hidden + h * depth, s.hidden);
      float* dq = dQkv + from * wide + h * depth;
      attentionWeights(length, depth, s.hidden, q, q + s.hidden, scores, step, panels);
      // dv = droppedᵀ dy; d dropped = dy vᵀ
      if (drop.below) {
        std::copy(scores, scores + length * step, dScores);
        dropScores(h, length, dScores, step, drop, place);
      }
      product(length, depth, length, transposed(rowMajor(drop.below ? dScores : scores, step)), dy, dq + 2 * s.hidden, wide, panels);
      product(length, length, depth, dy, transposed(rowMajor(q + 2 * s.hidden, wide)), dScores, step, panels);
      for (long i = 0; i < length; i++) {
        float *d = dScores + i * step, *w = scores + i * step;
        Lanes total = all(0);
        EACH_LANE_OF(length) {
          const int count = COUNT_OF(length);
          Lanes g = load(d + j, count);
          if (drop.below) g = g * factors(drop, place.at(h, i, j));
          store(d + j, g);
          total = fma(g, load(w + j), total);
        }
        const Lanes mean = all(sum(total));
        EACH_LANE_OF(length) store(d + j, (load(d + j) - mean) * load(w + j) * scale);
      }
      product(length, depth, length, rowMajor(dScores, step), rowMajor(q + s.hidden, wide), dq, wide, panels);
      product(length, depth, length, transposed(rowMajor(dScores, step)), rowMajor(q, wide), dq + s.hidden, wide, panels);
    }
    place.base += uint32_t(s.heads * length * length);
    from += length;
  }
}

// `tape` may be null: then nothing is kept, and `scratch` holds it meanwhile.
static void layerForward(const LayerSizes& s, const int32_t* lengths, const Layer& w, const PackedLayer& packed, const LayerDropout& drop,
                         const float* x, float* y, float* tape, float* scratch) {
  float* panels = scratch;
  float* scores = panels + PANELS;
  float* free = scores + 2 * scoreFloats(s);
  const long n = s.hidden, m = s.intermediate, tokens = s.tokens;
  LayerTape t;
  if (tape) t = tapeAt(tape, s);
  else {
    t.qkv = free;
    t.attended = t.qkv + tokens * 3 * n;
    t.widened = t.attended + tokens * n;
    t.normal = t.scale = t.normalOut = t.scaleOut = nullptr;
  }
  float* bent = tape ? free : t.widened;
  float* first = tape ? bent + tokens * m : t.widened + tokens * m;
  product(tokens, 3 * n, n, rowMajor(x, n), transposed(rowMajor(w.weight[QKV], n)), t.qkv, 3 * n, panels, Into::set, w.bias[QKV],
          packed.qkv);
  attention(s, lengths, t.qkv, t.attended, drop.attention, scores, panels);
  product(tokens, n, n, rowMajor(t.attended, n), transposed(rowMajor(w.weight[ATTENTION_OUTPUT], n)), first, n, panels, Into::set,
          w.bias[ATTENTION_OUTPUT], packed.attentionOutput);
  addAndNorm(s, first, x, drop.attentionOutput, w.weight[ATTENTION_NORM], w.bias[ATTENTION_NORM], t.normal, t.scale);
  product(tokens, m, n, rowMajor(first, n), transposed(rowMajor(w.weight[INTERMEDIATE], n)), t.widened, m, panels, Into::set,
          w.bias[INTERMEDIATE], packed.intermediate);
  gelu(tokens * m, t.widened, bent);
  product(tokens, n, m, rowMajor(bent, m), transposed(rowMajor(w.weight[OUTPUT], m)), y, n, panels, Into::set, w.bias[OUTPUT],
          packed.output);
  addAndNorm(s, y, first, drop.output, w.weight[OUTPUT_NORM], w.bias[OUTPUT_NORM], t.normalOut, t.scaleOut);
}

// `dy` becomes dx.
static void layerBackward(const LayerSizes& s, const int32_t* lengths, const Layer& w, const LayerDropout& drop, const float* x,
                          float* tape, float* dy, const LayerGradients& d, float* scratch) {
  float* panels = scratch;
  float* scores = panels + PANELS;
  float* dScores = scores + scoreFloats(s);
  const long n = s.hidden, m = s.intermediate, tokens = s.tokens;
  float* dWide = dScores + scoreFloats(s);
  float* bent = dWide + tokens * m;
  float* first = bent + tokens * m;
  float* narrow = first + tokens * n;
  float* dQkv = narrow + tokens * n;
  const LayerTape t = tapeAt(tape, s);

  normBack(s, dy, t.normalOut, t.scaleOut, w.weight[OUTPUT_NORM], d.weight[OUTPUT_NORM], d.bias[OUTPUT_NORM]);
  std::copy(dy, dy + tokens * n, narrow);
  dropRows(tokens * n, narrow, drop.output);
  product(tokens, m, n, rowMajor(narrow, n), rowMajor(w.weight[OUTPUT], m), dWide, m, panels);
  geluBack(tokens * m, t.widened, dWide, bent);
  product(n, m, tokens, transposed(rowMajor(narrow, n)), rowMajor(bent, m), d.weight[OUTPUT], m, panels);
  sumRows(tokens, n, narrow, d.bias[OUTPUT]);
  for (long i = 0; i < tokens; i++)
    EACH_LANE_OF(n) {
      const int count = COUNT_OF(n);
      store(first + i * n + j,
            fma(load(t.normal + i * n + j, count), load(w.weight[ATTENTION_NORM] + j, count), load(w.bias[ATTENTION_NORM] + j, count)),
            count);
    }
  product(m, n, tokens, transposed(rowMajor(dWide, m)), rowMajor(first, n), d.weight[INTERMEDIATE], n, panels);
  sumRows(tokens, m, dWide, d.bias[INTERMEDIATE]);
  product(tokens, n, m, rowMajor(dWide, m), rowMajor(w.weight[INTERMEDIATE], n), dy, n, panels, Into::add);

  normBack(s, dy, t.normal, t.scale, w.weight[ATTENTION_NORM], d.weight[ATTENTION_NORM], d.bias[ATTENTION_NORM]);
  std::copy(dy, dy + tokens * n, narrow);
  dropRows(tokens * n, narrow, drop.attentionOutput);
  product(n, n, tokens, transposed(rowMajor(narrow, n)), rowMajor(t.attended, n), d.weight[ATTENTION_OUTPUT], n, panels);
  sumRows(tokens, n, narrow, d.bias[ATTENTION_OUTPUT]);
  float* dAttended = first;
  product(tokens, n, n, rowMajor(narrow, n), rowMajor(w.weight[ATTENTION_OUTPUT], n), dAttended, n, panels);
  attentionBack(s, lengths, t.qkv, dAttended, dQkv, drop.attention, scores, dScores, panels);
  product(3 * n, n, tokens, transposed(rowMajor(dQkv, 3 * n)), rowMajor(x, n), d.weight[QKV], n, panels);
  sumRows(tokens, 3 * n, dQkv, d.bias[QKV]);
  product(tokens, n, 3 * n, rowMajor(dQkv, 3 * n), rowMajor(w.weight[QKV], n), dy, n, panels, Into::add);
}
