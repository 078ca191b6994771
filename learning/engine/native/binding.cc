// What JavaScript calls. All memory is the caller's: typed arrays that are read and written in place and never kept.
#include <node_api.h>
#include <stdexcept>
#include <string>
#include "adam.h"
#include "adamw.h"
#include "encoder.h"
#include "lstm.h"
#include "rows.h"

namespace {

template <typename T>
struct View {
  T* data = nullptr;
  size_t length = 0;
};

template <typename T>
constexpr napi_typedarray_type typeOf() {
  return std::is_same_v<T, float> ? napi_float32_array : std::is_same_v<T, double> ? napi_float64_array : napi_int32_array;
}

// A typed array of at least `needed` elements.
template <typename T>
T* view(napi_env env, napi_value value, size_t needed, const char* name) {
  napi_typedarray_type type;
  View<T> found;
  void* data = nullptr;
  if (napi_get_typedarray_info(env, value, &type, &found.length, &data, nullptr, nullptr) != napi_ok || type != typeOf<T>())
    throw std::invalid_argument(std::string(name) + " is no typed array of its kind");
  if (found.length < needed)
    throw std::invalid_argument(std::string(name) + " has " + std::to_string(found.length) + " elements of " + std::to_string(needed));
  return static_cast<T*>(data);
}

template <typename T>
View<T> whole(napi_env env, napi_value value, const char* name) {
  View<T> found;
  found.data = view<T>(env, value, 0, name);
  napi_get_typedarray_info(env, value, nullptr, &found.length, nullptr, nullptr, nullptr);
  return found;
}

bool isNull(napi_env env, napi_value value) {
  napi_valuetype type;
  napi_typeof(env, value, &type);
  return type == napi_null || type == napi_undefined;
}

template <size_t count>
struct Arguments {
  napi_value at[count];
  Arguments(napi_env env, napi_callback_info info) {
    size_t given = count;
    napi_get_cb_info(env, info, &given, at, nullptr, nullptr);
    if (given < count) throw std::invalid_argument("too few arguments");
  }
};

// An error of ours becomes JavaScript's; nothing is thrown through JavaScript's frames.
template <napi_value (*body)(napi_env, napi_callback_info)>
napi_value guarded(napi_env env, napi_callback_info info) {
  try {
    return body(env, info);
  } catch (const std::exception& error) {
    napi_throw_error(env, nullptr, error.what());
    return nullptr;
  }
}

napi_value element(napi_env env, napi_value array, uint32_t k) {
  napi_value value;
  if (napi_get_element(env, array, k, &value) != napi_ok) throw std::invalid_argument("no array of weights");
  return value;
}

// tokens, rows, hidden, heads, intermediate, longest, epsilon, rate of attention's dropout, of the others, six seeds.
constexpr size_t NUMBERS = 15;

struct Call {
  LayerSizes sizes;
  LayerDropout drop;
  const int32_t* lengths;
};

Call callOf(napi_env env, napi_value numbersValue, napi_value lengthsValue) {
  const double* n = view<double>(env, numbersValue, NUMBERS, "numbers");
  Call call;
  call.sizes = {long(n[0]), long(n[1]), long(n[2]), long(n[3]), long(n[4]), long(n[5]), float(n[6])};
  const auto& s = call.sizes;
  if (s.tokens < 0 || s.rows < 0 || s.hidden < 1 || s.heads < 1 || s.intermediate < 1 || s.longest < 0 || s.hidden % s.heads != 0)
    throw std::invalid_argument("sizes of no layer");
  call.drop = {dropoutOf(float(n[7]), uint32_t(n[9]), uint32_t(n[10])), dropoutOf(float(n[8]), uint32_t(n[11]), uint32_t(n[12])),
               dropoutOf(float(n[8]), uint32_t(n[13]), uint32_t(n[14]))};
  call.lengths = view<int32_t>(env, lengthsValue, s.rows, "lengths");
  long total = 0;
  for (long r = 0; r < s.rows; r++) {
    if (call.lengths[r] < 0 || call.lengths[r] > s.longest) throw std::invalid_argument("a length beyond the longest");
    total += call.lengths[r];
  }
  if (total != s.tokens) throw std::invalid_argument("lengths that are not the tokens");
  return call;
}

// Weights of a layer, or their gradients.
template <typename Holder>
Holder partsOf(napi_env env, napi_value arrays, const LayerSizes& s) {
  const long n = s.hidden, m = s.intermediate;
  const long weights[PART_COUNT] = {3 * n * n, n * n, n, m * n, n * m, n}, biases[PART_COUNT] = {3 * n, n, n, m, n, n};
  Holder holder;
  for (uint32_t k = 0; k < PART_COUNT; k++) {
    holder.weight[k] = view<float>(env, element(env, arrays, 2 * k), weights[k], "weight");
    holder.bias[k] = view<float>(env, element(env, arrays, 2 * k + 1), biases[k], "bias");
  }
  return holder;
}

napi_value listOf(napi_env env, std::initializer_list<long> numbers) {
  napi_value result, value;
  napi_create_array(env, &result);
  uint32_t k = 0;
  for (const long number : numbers) {
    napi_create_double(env, double(number), &value);
    napi_set_element(env, result, k++, value);
  }
  return result;
}

napi_value layerMemory(napi_env env, napi_callback_info info) {
  const Arguments<2> a(env, info);
  const Call call = callOf(env, a.at[0], a.at[1]);
  return listOf(env, {tapeFloats(call.sizes), scratchFloats(call.sizes), packedLayerFloats(call.sizes)});
}

// numbers, lengths, weights, packed.
napi_value packedLayer(napi_env env, napi_callback_info info) {
  const Arguments<4> a(env, info);
  const Call call = callOf(env, a.at[0], a.at[1]);
  packLayer(call.sizes, partsOf<Layer>(env, a.at[2], call.sizes), view<float>(env, a.at[3], packedLayerFloats(call.sizes), "packed"));
  return nullptr;
}

// numbers, lengths, weights, packed or null, x, y, tape or null, scratch.
napi_value forward(napi_env env, napi_callback_info info) {
  const Arguments<8> a(env, info);
  const Call call = callOf(env, a.at[0], a.at[1]);
  const LayerSizes& s = call.sizes;
  PackedLayer packed = {};
  if (!isNull(env, a.at[3])) packed = packedLayerAt<const float>(view<float>(env, a.at[3], packedLayerFloats(s), "packed"), s);
  float* tape = isNull(env, a.at[6]) ? nullptr : view<float>(env, a.at[6], tapeFloats(s), "tape");
  layerForward(s, call.lengths, partsOf<Layer>(env, a.at[2], s), packed, call.drop, view<float>(env, a.at[4], s.tokens * s.hidden, "x"),
               view<float>(env, a.at[5], s.tokens * s.hidden, "y"), tape, view<float>(env, a.at[7], scratchFloats(s), "scratch"));
  return nullptr;
}

napi_value backward(napi_env env, napi_callback_info info) {
  const Arguments<8> a(env, info);
  const Call call = callOf(env, a.at[0], a.at[1]);
  const LayerSizes& s = call.sizes;
  layerBackward(s, call.lengths, partsOf<Layer>(env, a.at[2], s), call.drop, view<float>(env, a.at[3], s.tokens * s.hidden, "x"),
                view<float>(env, a.at[4], tapeFloats(s), "tape"), view<float>(env, a.at[5], s.tokens * s.hidden, "dy"),
                partsOf<LayerGradients>(env, a.at[6], s), view<float>(env, a.at[7], scratchFloats(s), "scratch"));
  return nullptr;
}

// Of the embeddings: values, γ, β, normal and scale (or null), ε; in place.
napi_value norm(napi_env env, napi_callback_info info) {
  const Arguments<6> a(env, info);
  const View<float> values = whole<float>(env, a.at[0], "values"), weight = whole<float>(env, a.at[1], "weight");
  LayerSizes s = {};
  s.hidden = long(weight.length);
  s.tokens = s.hidden == 0 ? 0 : long(values.length) / s.hidden;
  double epsilon;
  napi_get_value_double(env, a.at[5], &epsilon);
  s.epsilon = float(epsilon);
  const bool keeps = !isNull(env, a.at[3]);
  addAndNorm(s, values.data, nullptr, dropoutOf(0, 0, 0), weight.data, view<float>(env, a.at[2], s.hidden, "bias"),
             keeps ? view<float>(env, a.at[3], s.tokens * s.hidden, "normal") : nullptr,
             keeps ? view<float>(env, a.at[4], s.tokens, "scale") : nullptr);
  return nullptr;
}

// dy (becomes dx), normal, scale, γ, dγ, dβ.
napi_value normBackward(napi_env env, napi_callback_info info) {
  const Arguments<6> a(env, info);
  const View<float> dy = whole<float>(env, a.at[0], "dy"), weight = whole<float>(env, a.at[3], "weight");
  LayerSizes s = {};
  s.hidden = long(weight.length);
  s.tokens = s.hidden == 0 ? 0 : long(dy.length) / s.hidden;
  normBack(s, dy.data, view<float>(env, a.at[1], s.tokens * s.hidden, "normal"), view<float>(env, a.at[2], s.tokens, "scale"),
           weight.data, view<float>(env, a.at[4], s.hidden, "dWeight"), view<float>(env, a.at[5], s.hidden, "dBias"));
  return nullptr;
}

// values, rate, two seeds; in place.
napi_value dropout(napi_env env, napi_callback_info info) {
  const Arguments<4> a(env, info);
  const View<float> values = whole<float>(env, a.at[0], "values");
  double rate;
  uint32_t first, second;
  napi_get_value_double(env, a.at[1], &rate);
  napi_get_value_uint32(env, a.at[2], &first);
  napi_get_value_uint32(env, a.at[3], &second);
  dropRows(long(values.length), values.data, dropoutOf(float(rate), first, second));
  return nullptr;
}

// w, m, v, g, [keep, α, ε, scale of the gradient].
napi_value adamWStep(napi_env env, napi_callback_info info) {
  const Arguments<5> a(env, info);
  const View<float> g = whole<float>(env, a.at[3], "g");
  const double* n = view<double>(env, a.at[4], 4, "numbers");
  adamWMove(long(g.length), view<float>(env, a.at[0], g.length, "w"), view<float>(env, a.at[1], g.length, "m"),
            view<float>(env, a.at[2], g.length, "v"), g.data, {float(n[0]), float(n[1]), float(n[2]), float(n[3])});
  return nullptr;
}

napi_value squares(napi_env env, napi_callback_info info) {
  const Arguments<1> a(env, info);
  const View<float> g = whole<float>(env, a.at[0], "g");
  napi_value result;
  napi_create_double(env, sumOfSquares(long(g.length), g.data), &result);
  return result;
}

LstmSizes lstmSizesOf(napi_env env, napi_value value) {
  const int32_t* n = view<int32_t>(env, value, 4, "sizes");
  if (n[0] < 0 || n[1] < 0 || n[2] < 1 || n[3] < 1) throw std::invalid_argument("sizes of no layer");
  return {n[0], n[1], n[2], n[3]};
}

// sizes, masked: floats of tape and scratch.
napi_value lstmMemory(napi_env env, napi_callback_info info) {
  const Arguments<2> a(env, info);
  const LstmSizes s = lstmSizesOf(env, a.at[0]);
  bool masked = false;
  napi_get_value_bool(env, a.at[1], &masked);
  return listOf(env, {lstmTapeFloats(s, masked), lstmScratchFloats(s)});
}

// sizes, x, matrix, bias, mask or null, hidden, tape, scratch.
napi_value lstmForwardCall(napi_env env, napi_callback_info info) {
  const Arguments<8> a(env, info);
  const LstmSizes s = lstmSizesOf(env, a.at[0]);
  const long all = s.steps * s.rows, wide = 4 * s.units;
  const float* mask = isNull(env, a.at[4]) ? nullptr : view<float>(env, a.at[4], s.rows * s.units, "mask");
  lstmForward(s, view<float>(env, a.at[1], all * s.inputs, "x"), view<float>(env, a.at[2], (s.inputs + s.units) * wide, "matrix"),
              view<float>(env, a.at[3], wide, "bias"), mask, view<float>(env, a.at[5], all * s.units, "hidden"),
              view<float>(env, a.at[6], lstmTapeFloats(s, mask != nullptr), "tape"),
              view<float>(env, a.at[7], lstmScratchFloats(s), "scratch"));
  return nullptr;
}

// sizes, x, matrix, mask or null, hidden, tape, dHidden, dInput, dMatrix, dBias, scratch.
napi_value lstmBackwardCall(napi_env env, napi_callback_info info) {
  const Arguments<11> a(env, info);
  const LstmSizes s = lstmSizesOf(env, a.at[0]);
  const long all = s.steps * s.rows, wide = 4 * s.units, weights = (s.inputs + s.units) * wide;
  const float* mask = isNull(env, a.at[3]) ? nullptr : view<float>(env, a.at[3], s.rows * s.units, "mask");
  lstmBackward(s, view<float>(env, a.at[1], all * s.inputs, "x"), view<float>(env, a.at[2], weights, "matrix"), mask,
               view<float>(env, a.at[4], all * s.units, "hidden"), view<float>(env, a.at[5], lstmTapeFloats(s, mask != nullptr), "tape"),
               view<float>(env, a.at[6], all * s.units, "dHidden"), view<float>(env, a.at[7], all * s.inputs, "dInput"),
               view<float>(env, a.at[8], weights, "dMatrix"), view<float>(env, a.at[9], wide, "dBias"),
               view<float>(env, a.at[10], lstmScratchFloats(s), "scratch"));
  return nullptr;
}

// Every id names a row of an array that has `rows` of them.
void mustName(const View<int32_t>& ids, size_t rows) {
  for (size_t k = 0; k < ids.length; k++)
    if (ids.data[k] < 0 || size_t(ids.data[k]) >= rows) throw std::invalid_argument("an id beyond the rows");
}

long widthOf(napi_env env, napi_value value) {
  int32_t width = 0;
  napi_get_value_int32(env, value, &width);
  if (width < 1) throw std::invalid_argument("rows of no width");
  return width;
}

// Rows of a batch: as many as it has ids, or fewer that they take in turn.
long inTurn(const View<float>& values, long width, size_t ids) {
  const long rows = long(values.length) / width;
  if (rows < 1 && ids > 0) throw std::invalid_argument("no rows");
  return rows;
}

// ids, table, width, to.
napi_value readRowsCall(napi_env env, napi_callback_info info) {
  const Arguments<4> a(env, info);
  const View<int32_t> ids = whole<int32_t>(env, a.at[0], "ids");
  const View<float> table = whole<float>(env, a.at[1], "table");
  const long width = widthOf(env, a.at[2]);
  mustName(ids, table.length / width);
  readRows(long(ids.length), width, ids.data, table.data, view<float>(env, a.at[3], ids.length * width, "to"));
  return nullptr;
}

// ids, table, width, to: fewer rows, which the ids take in turn.
napi_value addUpRowsCall(napi_env env, napi_callback_info info) {
  const Arguments<4> a(env, info);
  const View<int32_t> ids = whole<int32_t>(env, a.at[0], "ids");
  const View<float> table = whole<float>(env, a.at[1], "table"), to = whole<float>(env, a.at[3], "to");
  const long width = widthOf(env, a.at[2]);
  mustName(ids, table.length / width);
  addUpRows(long(ids.length), inTurn(to, width, ids.length), width, ids.data, table.data, to.data);
  return nullptr;
}

// ids, from, width, slots, words, sums: how many words there are.
napi_value sumByWordCall(napi_env env, napi_callback_info info) {
  const Arguments<6> a(env, info);
  const View<int32_t> ids = whole<int32_t>(env, a.at[0], "ids"), slots = whole<int32_t>(env, a.at[3], "slots");
  const View<float> from = whole<float>(env, a.at[1], "from");
  const long width = widthOf(env, a.at[2]);
  mustName(ids, slots.length);
  const size_t most = std::min(ids.length, slots.length);
  int32_t* words = view<int32_t>(env, a.at[4], most, "words");
  const long found = sumByWord(long(ids.length), inTurn(from, width, ids.length), width, ids.data, from.data, slots.data, words,
                               view<float>(env, a.at[5], most * width, "sums"));
  napi_value result;
  napi_create_int64(env, found, &result);
  return result;
}

// w, m, v, g, α.
napi_value adamMoveCall(napi_env env, napi_callback_info info) {
  const Arguments<5> a(env, info);
  const View<float> g = whole<float>(env, a.at[3], "g");
  double alpha;
  napi_get_value_double(env, a.at[4], &alpha);
  adamMove(long(g.length),
           {view<float>(env, a.at[0], g.length, "w"), view<float>(env, a.at[1], g.length, "m"), view<float>(env, a.at[2], g.length, "v")},
           g.data, float(alpha));
  return nullptr;
}

// Arrays of which some rows move, and what the others are owed.
struct AdamRows {
  AdamArrays arrays;
  View<int32_t> upTo;
  long columns;
  int32_t now;
  AdamPast past;
};

// w, m, v, rows, upTo, now, sums, shrinkM, shrinkV, from the first argument on.
AdamRows adamRowsOf(napi_env env, const napi_value* at) {
  AdamRows r;
  r.upTo = whole<int32_t>(env, at[4], "upTo");
  const View<float> w = whole<float>(env, at[0], "w");
  if (r.upTo.length == 0 || w.length % r.upTo.length != 0) throw std::invalid_argument("w has no whole rows");
  r.columns = long(w.length / r.upTo.length);
  r.arrays = {w.data, view<float>(env, at[1], w.length, "m"), view<float>(env, at[2], w.length, "v")};
  napi_get_value_int32(env, at[5], &r.now);
  if (r.now < 0) throw std::invalid_argument("no step");
  const size_t steps = size_t(r.now) + 1;
  r.past = {view<float>(env, at[6], steps, "sums"), view<float>(env, at[7], steps, "shrinkM"), view<float>(env, at[8], steps, "shrinkV")};
  const View<int32_t> rows = whole<int32_t>(env, at[3], "rows");
  mustName(rows, r.upTo.length);
  for (size_t k = 0; k < rows.length; k++) {
    const int32_t since = r.upTo.data[rows.data[k]];
    if (since < 0 || since > r.now) throw std::invalid_argument("a row of a later step");
  }
  return r;
}

napi_value adamCatchUpRowsCall(napi_env env, napi_callback_info info) {
  const Arguments<9> a(env, info);
  const AdamRows r = adamRowsOf(env, a.at);
  const View<int32_t> rows = whole<int32_t>(env, a.at[3], "rows");
  adamCatchUpRows(long(rows.length), rows.data, r.columns, r.arrays, r.upTo.data, r.now, r.past);
  return nullptr;
}

// And then g, α.
napi_value adamMoveRowsCall(napi_env env, napi_callback_info info) {
  const Arguments<11> a(env, info);
  const AdamRows r = adamRowsOf(env, a.at);
  const View<int32_t> rows = whole<int32_t>(env, a.at[3], "rows");
  double alpha;
  napi_get_value_double(env, a.at[10], &alpha);
  adamMoveRows(long(rows.length), rows.data, r.columns, r.arrays, view<float>(env, a.at[9], rows.length * r.columns, "g"), float(alpha),
               r.upTo.data, r.now, r.past);
  return nullptr;
}

}  // namespace

NAPI_MODULE_INIT() {
  const struct {
    const char* name;
    napi_callback call;
  } functions[] = {
      {"layerMemory", guarded<layerMemory>},
      {"packLayer", guarded<packedLayer>},
      {"layerForward", guarded<forward>},
      {"layerBackward", guarded<backward>},
      {"norm", guarded<norm>},
      {"normBackward", guarded<normBackward>},
      {"dropout", guarded<dropout>},
      {"lstmMemory", guarded<lstmMemory>},
      {"lstmForward", guarded<lstmForwardCall>},
      {"lstmBackward", guarded<lstmBackwardCall>},
      {"readRows", guarded<readRowsCall>},
      {"addUpRows", guarded<addUpRowsCall>},
      {"sumByWord", guarded<sumByWordCall>},
      {"adamMove", guarded<adamMoveCall>},
      {"adamCatchUpRows", guarded<adamCatchUpRowsCall>},
      {"adamMoveRows", guarded<adamMoveRowsCall>},
      {"adamWStep", guarded<adamWStep>},
      {"sumOfSquares", guarded<squares>},
  };
  for (const auto& [name, call] : functions) {
    napi_value function;
    napi_create_function(env, name, NAPI_AUTO_LENGTH, call, nullptr, &function);
    napi_set_named_property(env, exports, name, function);
  }
  return exports;
}
