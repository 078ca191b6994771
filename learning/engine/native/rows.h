// Rows of a table of word vectors, by the ids of a batch: read, and added up by word on the way back. Word 0 is padding.
#pragma once
#include "lanes.h"

INLINE void copyRow(long width, const float* from, float* to) { memcpy(to, from, width * sizeof(float)); }
INLINE void addRow(long width, const float* from, float* to) {
  long j = 0;
  for (; j + LANES <= width; j += LANES) store(to + j, load(to + j) + load(from + j));
  if (j < width) store(to + j, load(to + j, int(width - j)) + load(from + j, int(width - j)), int(width - j));
}

// Row k of `to` is that of word `ids[k]`, zeros where it is padding.
static void readRows(long count, long width, const int32_t* ids, const float* table, float* to) {
  for (long k = 0; k < count; k++, to += width) {
    if (ids[k] == 0) std::fill(to, to + width, 0.0f);
    else copyRow(width, table + ids[k] * width, to);
  }
}

// Adds the row of word `ids[k]` to row k modulo `rows` of `to`.
static void addUpRows(long count, long rows, long width, const int32_t* ids, const float* table, float* to) {
  for (long k = 0, r = 0; k < count; k++, r = r + 1 == rows ? 0 : r + 1)
    if (ids[k] != 0) addRow(width, table + ids[k] * width, to + r * width);
}

// The words of a batch in the order of their first occurrence, and for each the sum of the rows that stand at its occurrences: row k
// modulo `rows` of `from`. `slots` is 0 for every word, and is so again at the end. Returns how many words there are.
static long sumByWord(long count, long rows, long width, const int32_t* ids, const float* from, int32_t* slots, int32_t* words,
                      float* sums) {
  long found = 0;
  for (long k = 0, r = 0; k < count; k++, r = r + 1 == rows ? 0 : r + 1) {
    const int32_t word = ids[k];
    if (word == 0) continue;
    if (slots[word] == 0) {
      words[found] = word;
      copyRow(width, from + r * width, sums + found * width);
      slots[word] = int32_t(++found);
    } else addRow(width, from + r * width, sums + (slots[word] - 1) * width);
  }
  for (long k = 0; k < found; k++) slots[words[k]] = 0;
  return found;
}
