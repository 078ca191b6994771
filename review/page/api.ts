/**
 * What the page's server answers and its client reads, `GET` beneath `/api/gridsearch/v1`. Types alone: the client is built
 * without any of the server's code. A number that could not be computed is null.
 */

export type Value = string | number | boolean;

/** `/searches`: every search, newest first. */
export interface SearchList {
  readonly searches: readonly SearchItem[];
  readonly workers: readonly Worker[];
}

/** `/workers`, by name. */
export interface WorkerList {
  readonly workers: readonly Worker[];
}

/** A worker, and what it trains now. Times in ms since 1970, sizes in bytes. */
export interface Worker {
  /** Host and process. */
  readonly name: string;
  readonly host: string;
  readonly pid: number;
  /** null before it has trained. */
  readonly engine: string | null;
  /** Folds at a time. */
  readonly concurrency: number;
  readonly since: number;
  /** It ends the folds at hand and takes no more. */
  readonly leaving: boolean;
  /** False of one inside `run` or `up`. */
  readonly drainable: boolean;
  /** Done since it is there. */
  readonly folds: number;
  readonly memory: number | null;
  readonly jobs: readonly {
    readonly searchId: string;
    /** `lstm-3-fold-0`, `refit`. */
    readonly run: string;
    readonly runId: string | null;
    readonly since: number;
    readonly memory: number | null;
  }[];
}

export interface SearchItem {
  readonly searchId: string;
  /** Name of the search space. */
  readonly name: string;
  readonly parentRunId: string;
  /** In words: `running`, `finished`, `waiting for a worker`, … */
  readonly state: string;
  /** What the search does now: `training`, `refit`, … */
  readonly step: string;
  /** Where a search in generations is, while it hands them out. */
  readonly generation: Generation | null;
  readonly objective: { readonly metric: string; readonly direction: 'maximize' | 'minimize' };
  readonly trials: Count;
  readonly folds: Count;
  /** Estimate, while it is worked on. */
  readonly secondsLeft: number | null;
  /** Configurations settled in a minute, since it started; null unless it is worked on. */
  readonly perMinute: number | null;
  /** Since when it is paused, ms since 1970. */
  readonly pausedSince: number | null;
  /** Its share among searches that have the same workers, from 1; null of one that has ended. */
  readonly priority: number | null;
  /** 1 is the next that is taken; null unless it waits for its turn. */
  readonly queuePosition: number | null;
  /** Mean of the winner, or of the best so far. */
  readonly best: number | null;
  /** On the held-out rows. */
  readonly testScore: number | null;
  readonly registered: { readonly name: string; readonly version: string } | null;
  readonly failure: string | null;
  /** ms since 1970. */
  readonly startTime: number;
  readonly endTime: number | null;
}

/** The generation that is waited for, from 1, and how many folds its trials were handed; null where all are handed out at once. */
export interface Generation {
  readonly number: number;
  readonly of: number;
  readonly rung: number | null;
  readonly rungs: number;
}

/** What a search was told to do, in words. */
export interface Terms {
  readonly strategy: string;
  /** Configurations of a generation; null of a search that has none. */
  readonly generation: number | null;
  readonly crossValidation: string;
  readonly pruning: readonly string[];
  readonly constraints: { readonly where: string; readonly removed: number | null } | null;
}

/** What a search may take; null of what is not limited. */
export interface Budget {
  readonly maxDuration: {
    readonly written: string;
    readonly seconds: number;
    /** ms since 1970: when its time began to be counted; null before it has. */
    readonly since: number | null;
    /** ms since 1970; null while it goes on. */
    readonly until: number | null;
  } | null;
  readonly maxFailures: { readonly most: number; readonly failed: number } | null;
  /** Of a fold, and of a training process, as the file writes them. */
  readonly trialTimeout: string | null;
  readonly maxMemory: string | null;
}

export interface Count {
  readonly total: number;
  /** null where only the end of the search is known. */
  readonly settled: number | null;
}

/** `/searches/:id`: one search and all its configurations, best first. */
export interface SearchView {
  readonly search: SearchItem;
  /** What came of it, in sentences; the first is the verdict. */
  readonly verdict: readonly string[];
  readonly warnings: readonly string[];
  readonly lineage: readonly LineageStep[];
  readonly terms: Terms;
  readonly budget: Budget | null;
  /** By whom or what it was cut, and how much was seen. */
  readonly cut: string | null;
  /** Those that don't score it, too. */
  readonly foldsOfTrial: number | null;
  readonly winnerRunId: string | null;
  readonly datasetDigest: string;
  /** Parameters that differ between configurations, in the order of the table. */
  readonly varying: readonly string[];
  /** What all configurations share. */
  readonly shared: Readonly<Record<string, Value>>;
  /** Configurations beyond the most that are sent. */
  readonly leftOut: number;
  readonly columns: Columns;
  readonly evidence: Evidence;
}

/** What speaks for the winner, and against. Rows are places in the columns. */
export interface Evidence {
  /** The winner, or the best so far. */
  readonly winner: number | null;
  /** On the held-out rows. */
  readonly testScore: number | null;
  /** Beside the columns; null for the winner, and where nothing can be compared. */
  readonly against: {
    /** Mean of the paired differences to the winner, and its interval of 95 %. */
    readonly difference: readonly (number | null)[];
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
    /** Corrected t-test, after Holm's correction. */
    readonly p: readonly (number | null)[];
    readonly alike: readonly (boolean | null)[];
    /** Work of a fold, in no unit: what simpler means. */
    readonly cost: readonly number[];
  };
  /** Beside the columns: numbers that training fits, with a full vocabulary. */
  readonly sizes: readonly number[];
  readonly rule: 'one standard error' | 'corrected t-test' | null;
  readonly standardError: number | null;
  readonly simplest: number | null;
  readonly baselines: readonly {
    readonly name: string;
    readonly mean: number;
    readonly std: number;
    readonly test: number;
    readonly beaten: boolean | null;
  }[];
  readonly importances: readonly Importance[];
  /** Not beaten in score without taking longer, fastest first. */
  readonly pareto: readonly number[];
  /** The best at their end, in that order. */
  readonly bestSoFar: readonly number[];
}

export interface Importance {
  /** null: all kinds together. */
  readonly model: string | null;
  readonly method: string;
  readonly configurations: number;
  readonly effects: readonly {
    /** One, or two together. */
    readonly parameters: readonly string[];
    readonly share: number;
    readonly levels: readonly { readonly value: Value; readonly mean: number; readonly count: number }[];
  }[];
}

/** `/searches/:id/timeline`: what each worker did when, one array a column, a row each job. */
export interface Timeline {
  readonly worker: readonly string[];
  /** Short name of the configuration. */
  readonly name: readonly string[];
  readonly runId: readonly string[];
  /** null for the refit. */
  readonly fold: readonly (number | null)[];
  readonly status: readonly string[];
  readonly startTime: readonly number[];
  readonly endTime: readonly (number | null)[];
  /** How many attempts came before. */
  readonly earlier: readonly number[];
  /** Jobs beyond the most that are sent. */
  readonly leftOut: number;
}

/** Where a search came from and what it led to. */
export interface LineageStep {
  readonly what: string;
  readonly name: string;
  /** A place of this page, where there is one. */
  readonly href: string | null;
  readonly score: number | null;
  /** Score less that of cross-validation: what the folds promised too much, or too little. */
  readonly gap?: number | null;
}

/** One array a column, all of one length: a row each configuration. */
export interface Columns {
  readonly runId: readonly string[];
  readonly name: readonly string[];
  readonly model: readonly string[];
  /** From 1; null of a search that has no generations. */
  readonly generation: readonly (number | null)[];
  /** 1 the best; null without a mean. */
  readonly rank: readonly (number | null)[];
  readonly status: readonly string[];
  /** Why it failed or was pruned. */
  readonly reason: readonly (string | null)[];
  /** Of those that were pruned: the rule, after which fold or epoch, and the numbers that it went by. */
  readonly stop: readonly (Stop | null)[];
  readonly mean: readonly (number | null)[];
  readonly std: readonly (number | null)[];
  /** Score of each fold. */
  readonly folds: readonly (readonly (number | null)[])[];
  /** Mean over the folds, seconds. */
  readonly fitSeconds: readonly (number | null)[];
  readonly startTime: readonly number[];
  readonly endTime: readonly (number | null)[];
  /** By parameter; null where a model kind lacks it. */
  readonly parameters: Readonly<Record<string, readonly (Value | null)[]>>;
}

export interface Stop {
  readonly rule: string;
  /** After so many folds; within a fold, which of the fixed epochs it was. */
  readonly rung: number;
  /** Within a fold: which, from 0, and after how many epochs. */
  readonly at?: { readonly fold: number; readonly epoch: number };
  readonly numbers: Readonly<Record<string, number>>;
}

/** An event of `/searches/:id/events`, sent when it differs from the one before. */
export interface LiveEvent {
  readonly search: SearchItem;
  readonly budget: Budget | null;
  /** Configurations under way and the folds of each that have settled. */
  readonly open: readonly { readonly name: string; readonly settled: number }[];
}

/** `/runs/:id` */
export interface RunView {
  readonly runId: string;
  readonly runName: string;
  readonly role: string | null;
  readonly status: string;
  readonly searchId: string | null;
  readonly parentRunId: string | null;
  readonly failure: string | null;
  readonly startTime: number;
  readonly endTime: number | null;
  readonly params: Readonly<Record<string, Value>>;
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly tags: Readonly<Record<string, string>>;
  readonly attempts: readonly { readonly worker: string; readonly reason: string }[];
  readonly children: readonly {
    readonly runId: string;
    readonly runName: string;
    readonly status: string;
    readonly score: number | null;
    readonly failure: string | null;
    /** Of a fold that was not trained again: the run that its numbers come from, and that one's search. They may be gone. */
    readonly reusedFrom: { readonly runId: string; readonly searchId: string } | null;
  }[];
  readonly curves: readonly {
    readonly runId: string;
    readonly runName: string;
    readonly metrics: Readonly<Record<string, Curve>>;
  }[];
  readonly files: readonly { readonly path: string; readonly bytes: number | null }[];
  readonly filesTrouble: string | null;
  readonly lineage: readonly LineageStep[];
  /** Data that it read, and for what: `train`, `eval`, `test`. */
  readonly datasets: readonly {
    readonly name: string;
    readonly digest: string;
    readonly context: string | null;
    readonly rows: number | null;
  }[];
  /** How the rows that it judged fell: test rows of a refit, validation rows of folds; null where that was not recorded. */
  readonly judged: Judgement | null;
}

export interface Judgement {
  readonly classes: readonly string[];
  /** By true class, then by the predicted one. */
  readonly confusion: readonly (readonly number[])[];
  /** The surest first, the first so many. */
  readonly mistakes: readonly JudgedRow[];
  readonly mistakesInAll: number;
}

export interface JudgedRow {
  /** Place in the dataset. */
  readonly row: number;
  /** null where only the place was kept. */
  readonly text: string | null;
  readonly label: string;
  readonly predicted: string;
  /** Of the predicted class. */
  readonly probability: number | null;
}

export interface Curve {
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
}

/** `/compare?runs=…`: configurations side by side, in the order asked for. */
export interface CompareView {
  readonly trials: readonly ComparedTrial[];
  /** Why scores can't be held against each other; none when they can. */
  readonly cautions: readonly string[];
}

export interface ComparedTrial {
  readonly runId: string;
  readonly name: string;
  readonly searchId: string;
  readonly metric: string;
  readonly model: string;
  readonly parameters: Readonly<Record<string, Value>>;
  readonly mean: number | null;
  readonly std: number | null;
  readonly folds: readonly (number | null)[];
  readonly metrics: Readonly<Record<string, number | null>>;
  readonly curves: RunView['curves'];
  /** Of the refit, where it was the winner. */
  readonly test: { readonly runId: string; readonly metrics: Readonly<Record<string, number | null>> } | null;
  /** Over the validation rows of one round of folds; null where they were not recorded. */
  readonly rows: {
    readonly classes: readonly string[];
    /** By true class, then by the predicted one. */
    readonly confusion: readonly (readonly number[])[];
    readonly curves: readonly {
      readonly name: string;
      readonly fpr: readonly (number | null)[];
      readonly tpr: readonly (number | null)[];
      readonly auc: number | null;
      readonly precision: readonly (number | null)[];
      readonly averagePrecision: number | null;
    }[];
  } | null;
  /** Held against the first row by row; null for the first, and where that can't be done. */
  readonly againstFirst: {
    readonly rows: number;
    readonly bothRight: number;
    readonly onlyFirst: number;
    readonly onlySecond: number;
    readonly p: number;
    /** Places in the dataset of rows on which they differ: the first so many. */
    readonly differing: readonly number[];
    readonly differingInAll: number;
  } | null;
}

/** `/models`: every version of every model, by name, newest first. */
export interface ModelList {
  readonly versions: readonly {
    readonly name: string;
    readonly version: string;
    readonly aliases: readonly string[];
    readonly metric: string | null;
    readonly testScore: number | null;
    /** Why it is champion or challenger. */
    readonly verdict: string | null;
    readonly searchId: string | null;
    readonly runId: string | null;
    readonly created: number;
    /** ISO time. */
    readonly promotedAt: string | null;
    /** The version that it took the alias from, while that can be undone. */
    readonly previousChampion: string | null;
  }[];
}

/** `/models/:name/:version?against=…`: one version, held against another. */
export interface VersionView {
  readonly name: string;
  readonly version: string;
  readonly aliases: readonly string[];
  /** Why it is champion or challenger. */
  readonly verdict: string | null;
  readonly metric: string | null;
  readonly created: number;
  readonly lineage: readonly LineageStep[];
  readonly params: Readonly<Record<string, Value>>;
  /** What happened to the aliases of the model, newest first. */
  readonly history: readonly { readonly at: string; readonly version: string; readonly what: string }[];
  /** Versions that were measured on the same test rows, this one among them, newest first. */
  readonly sameRows: readonly {
    readonly version: string;
    readonly aliases: readonly string[];
    readonly metrics: Readonly<Record<string, number | null>>;
  }[];
  /** Versions that have an alias, whatever rows they were measured on. */
  readonly aliased: readonly { readonly version: string; readonly aliases: readonly string[] }[];
  /** Versions on other rows: their scores say nothing about this one. */
  readonly otherRows: readonly string[];
  readonly judged: Judgement | null;
  /** Row by row; null where the other's rows are not known or not the same. */
  readonly against: {
    readonly version: string;
    readonly rows: number;
    readonly bothRight: number;
    readonly onlyThis: number;
    readonly onlyOther: number;
    readonly p: number;
    readonly differing: readonly (JudgedRow & { readonly other: string })[];
    readonly differingInAll: number;
  } | null;
}

/** `POST /models/:name/predict` */
export interface Predicted {
  readonly versions: readonly {
    readonly version: string;
    readonly predictions: readonly {
      readonly label: string;
      readonly probabilities: Readonly<Record<string, number>>;
      /** Whether the model knows any word of it. */
      readonly known: boolean;
    }[];
  }[];
}

/** `/search-spaces`: what a search space may hold, and the ones that come with gridsearch. */
export interface SearchSpaces {
  /** JSON Schema, draft 7. */
  readonly schema: object;
  readonly examples: readonly { readonly name: string; readonly text: string }[];
}

/** `POST /searches/check`: a search space and its data, as the command line checks them. */
export interface CheckedSpace {
  /** What is wrong, in the order of lines; none when it can be queued. */
  readonly issues: readonly {
    /** From 1; 0 where it is about no line. */
    readonly line: number;
    readonly column: number;
    readonly path: string;
    readonly message: string;
  }[];
  readonly size: {
    readonly configurations: number;
    /** Configurations that constraints took out; null where there are none, or nobody can count them. */
    readonly removed: number | null;
    /** Of each configuration. */
    readonly folds: number;
    /** Folds that earlier searches hold; null where none is looked for. */
    readonly held: number | null;
    /** A guess at the training, on one core. */
    readonly seconds: number;
  } | null;
  readonly warnings: readonly string[];
}

/** A line of the answer to `POST /searches/plan`: what goes on, then what it will take or why that can't be told. */
export type PlanEvent =
  | { readonly say: string }
  | { readonly issues: CheckedSpace['issues'] }
  | { readonly failure: string }
  | { readonly plan: Planned };

export interface Planned extends Omit<NonNullable<CheckedSpace['size']>, 'seconds'> {
  readonly workers: { readonly count: number; readonly from: 'option' | 'queue' | 'cores' };
  readonly engine: string;
  /** Until the winner is refit; null where a probe failed. */
  readonly seconds: number | null;
  /** A probe was stopped before it measured anything: it may take far longer. */
  readonly atLeast: boolean;
  /** Why it may take less: it will be cut, or is pruned; null when neither. */
  readonly atMost: 'max_duration' | 'pruning' | null;
  /** Bytes, about: of a training process, of all of them, and what the machine has. */
  readonly memory: { readonly process: number; readonly all: number; readonly machine: number } | null;
  readonly kinds: readonly {
    readonly model: string;
    readonly configurations: number;
    /** Of all its folds on one core. */
    readonly seconds: number | null;
    /** Smallest and largest; one where all cost the same. `seconds` of one fold, `rows` that it was reckoned from. */
    readonly probes: readonly {
      readonly seconds: number | null;
      readonly rows: number;
      readonly stopped: boolean;
      readonly failure: string | null;
    }[];
    /** Folds of earlier searches that it is reckoned from in place of probes, and the seconds of a fold of the smallest and of the largest. */
    readonly earlier: {
      readonly searches: readonly string[];
      readonly folds: number;
      readonly foldSeconds: readonly number[];
    } | null;
  }[];
  readonly warnings: readonly string[];
}

/** `POST /searches` */
export interface SubmittedSpace {
  /** null when it was not right: see `checked`. */
  readonly searchId: string | null;
  readonly message: string;
  readonly checked: CheckedSpace;
}

/** What a report's file holds: the answers that its views need, by the paths that they ask for. */
export interface ReportData {
  readonly searchId: string;
  /** The first view's path. */
  readonly start: string;
  /** ms since 1970. */
  readonly made: number;
  /** So many configurations, the best, have their runs in it. */
  readonly configurations: number;
  readonly answers: Readonly<Record<string, unknown>>;
}

/** What is answered in place of any of them, with a status of 400 or more. */
export interface ErrorAnswer {
  readonly error: { readonly code: string; readonly message: string };
}

/** What a change is answered with. */
export interface Changed {
  readonly message: string;
}
