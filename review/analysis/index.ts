/** The statistics of a search, as pure functions over plain numbers: one place, so that no two readers can differ. */
export { type Direction, isBetter, rankScores } from './ranks.js';
export { meanAndStd } from './spread.js';
