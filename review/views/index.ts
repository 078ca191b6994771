/** What the review page and the report draw, as plain values read from tracking: one search, its workers, one run, several side by side. */
export { compareView } from './compare-view.js';
export { numberOrNull } from './numbers.js';
export { runView } from './run-view.js';
export { itemOf } from './search-item.js';
export { searchView } from './search-view.js';
export { timelineOf } from './timeline.js';
export { versionView } from './version-view.js';
