/** A search as one file that needs no server: the search view of the review page with its data in it. */
export { type ReportOptions, searchReport } from './report.js';
