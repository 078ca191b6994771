/** How the development rows can be split; names are scikit-learn's. One line adds a strategy. */
import { holdOut } from './hold-out.js';
import { kFold } from './k-fold.js';
import { predefined } from './predefined.js';
import { repeatedStratifiedKFold } from './repeated-stratified-k-fold.js';
import type { CrossValidationStrategy } from './strategy.js';
import { stratifiedKFold } from './stratified-k-fold.js';

export const STRATEGIES = {
  stratified_k_fold: stratifiedKFold,
  k_fold: kFold,
  repeated_stratified_k_fold: repeatedStratifiedKFold,
  hold_out: holdOut,
  predefined,
} satisfies Record<string, CrossValidationStrategy>;
