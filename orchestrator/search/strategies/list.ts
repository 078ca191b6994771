/** Configurations that the file lists: grids of one, each of which stands for itself. */
export { grid as list } from './grid.js';
