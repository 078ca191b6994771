/** Constraints over parameters (`where` of a search space): read once, asked of every configuration. */
export { type Asked, type Trouble, type Where, whereOf, whereTroubles } from './where.js';
