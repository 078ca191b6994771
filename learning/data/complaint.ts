/** What is wrong with a field of a search space's `dataset` or `cross_validation`, and the way out. */
export interface Complaint {
  /** Name of the field in its block; with points, of one further inside. */
  readonly field: string;
  readonly what: string;
  /** The offending value; absent when the trouble is that there is none. */
  readonly value?: unknown;
  readonly remedy: string;
}
