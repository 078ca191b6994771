/** The contract of a metric: a number that a search can rank its trials by. */

/** What a metric is measured on. */
export interface Predictions {
  /** Class of each row. */
  readonly labels: Int32Array;
  /** `[rows × classes]`, row-major, also for two classes. */
  readonly probabilities: Float32Array;
  readonly classes: number;
  /** Rows by true class (first index) and predicted class (second). */
  readonly matrix: readonly (readonly number[])[];
}

export interface Metric {
  /** Where better is. */
  readonly direction: 'maximize' | 'minimize';
  /** Undefined on rows of one class alone. @defaultValue false */
  readonly needsBothClasses?: boolean;
  /** NaN where it is undefined. A metric of probabilities is NaN when one of them is: a diverged model must not look like a bad one. */
  of(predictions: Predictions): number;
}
