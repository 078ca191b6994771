/** Plain values the data steps hand to each other. */

/** The splits that makers of datasets publish. */
export const SPLITS = ['train', 'validation', 'test'] as const;
export type Split = (typeof SPLITS)[number];

/** A labelled text dataset, read whole. Row `i` is `texts[i]`, `labels[i]`, `groups[i]`. */
export interface Dataset {
  /** For display and for the MLflow dataset input: `uci-sentiment` or the file's base name. */
  readonly name: string;
  /** MLflow `source_type`: `code` for built-in sources, `local` for files. */
  readonly sourceType: string;
  /** MLflow `source`: a JSON string that says where the rows come from. */
  readonly source: string;
  /** SHA-256 over rows in order (text, label), first 32 hexadecimal digits; with split, group and time, where rows have them. */
  readonly digest: string;
  readonly texts: readonly string[];
  /** Class index of each row, into `classes`. */
  readonly labels: Int32Array;
  /**
   * What never straddles a split: rows of equal text after trimming and lower-casing, or where a column of the data names
   * groups, those.
   */
  readonly groups: Int32Array;
  /** Names of the groups, where a column names them, in the order that scikit-learn gives them. */
  readonly groupNames?: readonly string[];
  /** When each row was, where a column tells; only the order counts. */
  readonly times?: Float64Array;
  /** Class names, sorted. */
  readonly classes: readonly string[];
  /** Split of each row, where the search takes those that the source defines. */
  readonly splits?: readonly Split[];
}

/** Row indices into a dataset. */
export interface HeldOut {
  readonly development: Int32Array;
  readonly test: Int32Array;
}

/** One train/validation split: row indices into the dataset. */
export interface Fold {
  readonly train: Int32Array;
  readonly validation: Int32Array;
  /** Of nested cross-validation: the outer fold whose training rows it splits, and its place among those that do. */
  readonly inner?: { readonly outer: number; readonly split: number };
}
