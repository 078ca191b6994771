/** Files of public datasets: downloaded once, checked, and kept in the cache. */
export { download, type Remote } from './download.js';
