/** How the development rows can be split; names are scikit-learn's. One line adds a strategy. */
import { groupKFold } from './group-k-fold.js';
import { holdOut } from './hold-out.js';
import { kFold } from './k-fold.js';
import { leaveOneGroupOut } from './leave-one-group-out.js';
import { nestedOf } from './nested.js';
import { predefined } from './predefined.js';
import { repeatedStratifiedKFold } from './repeated-stratified-k-fold.js';
import type { CrossValidationStrategy } from './strategy.js';
import { stratifiedGroupKFold } from './stratified-group-k-fold.js';
import { stratifiedKFold } from './stratified-k-fold.js';
import { timeSeriesSplit } from './time-series-split.js';

const SPLITS = {
  stratified_k_fold: stratifiedKFold,
  k_fold: kFold,
  repeated_stratified_k_fold: repeatedStratifiedKFold,
  hold_out: holdOut,
  predefined,
  group_k_fold: groupKFold,
  stratified_group_k_fold: stratifiedGroupKFold,
  leave_one_group_out: leaveOneGroupOut,
  time_series_split: timeSeriesSplit,
} satisfies Record<string, CrossValidationStrategy>;

/** Nested cross-validation takes two of them. */
export const STRATEGIES = { ...SPLITS, nested: nestedOf(SPLITS) };
