// Matrix products, in the arrangement of Goto and van de Geijn (2008, https://doi.org/10.1145/1356052.1356053): blocks of either operand are
// copied into panels that the innermost loop reads in order. The block sizes are constants, so that the order of every sum is.
#pragma once
#include <algorithm>
#include "lanes.h"

// A matrix by its steps from row to row and from column to column: its transpose is the same with both exchanged.
struct Matrix {
  const float* data;
  long row, column;
  const float* at(long i, long j) const { return data + i * row + j * column; }
};
INLINE Matrix rowMajor(const float* data, long columns) { return {data, columns, 1}; }
INLINE Matrix transposed(Matrix m) { return {m.data, m.column, m.row}; }

#if defined(__AVX512F__)
constexpr int TILE_ROWS = 12, TILE_LANES = 2;
#elif defined(__x86_64__) && !defined(__AVX2__)
constexpr int TILE_ROWS = 3, TILE_LANES = 1;
#else
constexpr int TILE_ROWS = 6, TILE_LANES = 1;
#endif
constexpr int TILE_COLUMNS = TILE_LANES * LANES, TILE_PARTS = TILE_LANES * PARTS;
constexpr int DEPTH_BLOCK = 384, ROW_BLOCK = 144, COLUMN_BLOCK = 1536;

// Floats that a product needs beside its operands.
constexpr long PANELS = (ROW_BLOCK + COLUMN_BLOCK) * long(DEPTH_BLOCK);

// One tile of the result, `height` rows of the left operand times a panel of columns. Its sums are to stay in registers, hence no
// Lanes here.
template <int height>
static INLINE void multiplyTile(long depth, const float* left, long rowStep, long depthStep, const float* panel,
                                Native (&sums)[TILE_ROWS][TILE_PARTS]) {
  for (int i = 0; i < height; i++)
    for (Native& part : sums[i]) part = Native{};
  for (long k = 0; k < depth; k++, left += depthStep, panel += TILE_COLUMNS) {
    Native right[TILE_PARTS];
#pragma GCC unroll 4
    for (int j = 0; j < TILE_PARTS; j++) right[j] = *(const InMemory*)(panel + j * WIDTH);
#pragma GCC unroll 12
    for (int i = 0; i < height; i++) {
      const Native value = left[i * rowStep] - Native{};
#pragma GCC unroll 4
      for (int j = 0; j < TILE_PARTS; j++) sums[i][j] = multiplyAdd(value, right[j], sums[i][j]);
    }
  }
}

// A whole tile, or the next larger third of one.
static INLINE void multiplyRows(int height, long depth, const float* left, long rowStep, long depthStep, const float* panel,
                                Native (&sums)[TILE_ROWS][TILE_PARTS]) {
  if (height > 2 * TILE_ROWS / 3) multiplyTile<TILE_ROWS>(depth, left, rowStep, depthStep, panel, sums);
  else if (height > TILE_ROWS / 3) multiplyTile<2 * TILE_ROWS / 3>(depth, left, rowStep, depthStep, panel, sums);
  else multiplyTile<TILE_ROWS / 3>(depth, left, rowStep, depthStep, panel, sums);
}

enum class Into { set, add };

// Puts a tile's first `height` rows and `width` columns where they belong; `bias` is added to what is set.
static INLINE void storeTile(const Native (&tile)[TILE_ROWS][TILE_PARTS], int height, long width, float* c, long step, Into into,
                             const float* bias) {
  for (int r = 0; r < height; r++) {
    for (int l = 0; l < TILE_LANES; l++) {
      const int count = int(std::min<long>(LANES, width - l * LANES));
      if (count <= 0) break;
      float* to = c + r * step + l * LANES;
      Lanes sums;
      EACH_PART sums.part[p] = tile[r][l * PARTS + p];
      if (into == Into::add) sums = load(to, count) + sums;
      else if (bias) sums = load(bias + l * LANES, count) + sums;
      store(to, sums, count);
    }
  }
}

// Panels of `tile` columns each, step by step of the depth; what is missing of the last one is 0.
template <int tile>
static void pack(Matrix from, long depth, long columns, float* to) {
  for (long j = 0; j < columns; j += tile, to += tile * depth) {
    const int count = int(std::min<long>(tile, columns - j));
    if (count < tile) std::fill(to, to + tile * depth, 0.0f);
    if (from.column == 1) {
      for (long k = 0; k < depth; k++) {
        if (count == tile) memcpy(to + k * tile, from.at(k, j), tile * sizeof(float));
        else memcpy(to + k * tile, from.at(k, j), count * sizeof(float));
      }
    } else {
      // Some steps of all columns at a time: what is read and what is written then both stay in the nearest cache.
      for (long k0 = 0; k0 < depth; k0 += LANES) {
        const long deep = std::min<long>(LANES, depth - k0);
        for (int c = 0; c < count; c++) {
          const float* source = from.at(k0, j + c);
          for (long k = 0; k < deep; k++) to[(k0 + k) * tile + c] = source[k * from.row];
        }
      }
    }
  }
}

// A right operand that many products share is packed once, block after block.
inline long packedFloats(long depth, long columns) {
  long floats = 0;
  for (long j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const long width = std::min<long>(COLUMN_BLOCK, columns - j0);
    floats += (width + TILE_COLUMNS - 1) / TILE_COLUMNS * TILE_COLUMNS * depth;
  }
  return floats;
}

static void packAll(Matrix b, long depth, long columns, float* to) {
  for (long j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const long width = std::min<long>(COLUMN_BLOCK, columns - j0);
    for (long k0 = 0; k0 < depth; k0 += DEPTH_BLOCK) {
      const long deep = std::min<long>(DEPTH_BLOCK, depth - k0);
      pack<TILE_COLUMNS>({b.at(k0, j0), b.row, b.column}, deep, width, to);
      to += packedFloats(deep, width);
    }
  }
}

// Rows this far apart fall into the same few places of the nearest cache and push each other out.
constexpr long CACHE_STRIDE = 1024;

// A tile's product of rows that stand row-major in memory: no copy is made of them.
static INLINE void multiplyWhereItStands(int height, long depth, const float* left, long step, const float* panel,
                                         Native (&sums)[TILE_ROWS][TILE_PARTS]) {
  if (height % (TILE_ROWS / 3) == 0) return multiplyRows(height, depth, left, step, 1, panel, sums);
  // A tile computes whole thirds of its rows, which may end beyond the matrix.
  float spare[TILE_ROWS * DEPTH_BLOCK];
  pack<TILE_ROWS>({left, 1, step}, depth, height, spare);
  multiplyRows(height, depth, spare, 1, TILE_ROWS, panel, sums);
}

// c ← a b, or c ← c + a b; c is row-major with `step` floats from row to row. `bias`, if any, is added to every row that is set.
// `packed`, if any, is the right operand as packAll leaves it, and `b` is not read.
static void product(long rows, long columns, long depth, Matrix a, Matrix b, float* c, long step, float* panels,
                    Into into = Into::set, const float* bias = nullptr, const float* packed = nullptr) {
  float* left = panels + COLUMN_BLOCK * long(DEPTH_BLOCK);
  const bool stands = a.column == 1 && a.row % CACHE_STRIDE != 0;
  for (long j0 = 0; j0 < columns; j0 += COLUMN_BLOCK) {
    const long width = std::min<long>(COLUMN_BLOCK, columns - j0);
    for (long k0 = 0; k0 < depth; k0 += DEPTH_BLOCK) {
      const long deep = std::min<long>(DEPTH_BLOCK, depth - k0);
      const Into first = k0 == 0 ? into : Into::add;
      const float* right = panels;
      if (packed) {
        right = packed;
        packed += packedFloats(deep, width);
      } else pack<TILE_COLUMNS>({b.at(k0, j0), b.row, b.column}, deep, width, panels);
      for (long i0 = 0; i0 < rows; i0 += ROW_BLOCK) {
        const long height = std::min<long>(ROW_BLOCK, rows - i0);
        if (!stands) pack<TILE_ROWS>({a.at(i0, k0), a.column, a.row}, deep, height, left);
        for (long j = 0; j < width; j += TILE_COLUMNS) {
          for (long i = 0; i < height; i += TILE_ROWS) {
            Native tile[TILE_ROWS][TILE_PARTS];
            const int high = int(std::min<long>(TILE_ROWS, height - i));
            if (stands) multiplyWhereItStands(high, deep, a.at(i0 + i, k0), a.row, right + j * deep, tile);
            else multiplyRows(high, deep, left + i * deep, 1, TILE_ROWS, right + j * deep, tile);
            storeTile(tile, high, width - j, c + (i0 + i) * step + j0 + j, step, first, bias ? bias + j0 + j : nullptr);
          }
        }
      }
    }
  }
}
