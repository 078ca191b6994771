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
  /** SHA-256 over rows in order (text, label), first 32 hexadecimal digits; with the split, where rows have one. */
  readonly digest: string;
  readonly texts: readonly string[];
  /** Class index of each row, into `classes`. */
  readonly labels: Int32Array;
  /** Rows whose text is equal after trimming and lower-casing share a group; a group never straddles a split. */
  readonly groups: Int32Array;
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
}
