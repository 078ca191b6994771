/** The contract of batches: rows of features, some together. */
import type { Random } from '../random/index.js';

/** Some rows together, as a network reads them; features add what it reads. */
export interface RowBatch {
  readonly rows: number;
  /** Which of the examples each row is, `[rows]`. */
  readonly source: Int32Array;
}

/** Rows of features, in batches. */
export interface Examples<Batch extends RowBatch = RowBatch> {
  readonly rows: number;
  /** One epoch of training: every row once, in an order that `random` decides. */
  epoch(batchSize: number, random: Random): Iterable<Batch>;
  /** Every row once, in whichever order is cheapest: for passes that change nothing. */
  batches(batchSize: number): Iterable<Batch>;
}
