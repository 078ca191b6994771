/**
 * Documents about searches: `run`, `resume`, `submit`, `extend`, `retry`, `cancel`, `stop`, `pause`, `priority`, `status`, `watch`,
 * `show`.
 */
import { z } from 'zod';
import { SEARCH_STATES } from '../../../review/results/index.js';
import { configuration, objective, parameterValue, searchPriority } from '../../app/index.js';
import {
  baselines,
  best,
  failure,
  foldCounts,
  held,
  metrics,
  nested,
  refit,
  registered,
  run,
  runStatus,
  time,
  trialCounts,
} from './parts.js';

/** Where a search is found. */
const place = { searchId: z.string(), experimentId: z.string(), parentRunId: z.string() };

export const runDocument = z.strictObject({
  ...place,
  trackingUri: z
    .string()
    .nullable()
    .describe('The MLflow server; null for the embedded one, which ends with the command.'),
  status: z.enum(['FINISHED', 'FAILED']),
  failure,
  engine: z.string().nullable(),
  workers: z.int(),
  seconds: z.number(),
  trials: trialCounts,
  folds: foldCounts,
  held,
  best,
  refit,
  registered,
  baselines,
  nested,
});

export const submitDocument = z.strictObject({
  ...place,
  already: z.boolean().describe('Whether it had been submitted before, under the same key.'),
  held,
});

export const extendDocument = submitDocument.extend({
  extends: z.string().describe('The search that it goes beyond.'),
});

export const retryDocument = z.strictObject({
  retryOf: z.string().describe('The search whose failed part is tried again.'),
  failed: z.int().describe('Configurations that failed in it.'),
  held,
  search: z
    .strictObject(place)
    .nullable()
    .describe('The new search; null when there was nothing to try again.'),
});

export const cancelDocument = z.strictObject({ searchId: z.string(), status: z.literal('KILLED') });

export const stopDocument = z.strictObject({
  searchId: z.string(),
  status: z.literal('STOPPING'),
  already: z.boolean().describe('Whether it was being stopped before.'),
});

export const pauseDocument = z.strictObject({
  searchId: z.string(),
  status: z.literal('PAUSED'),
  already: z.boolean().describe('Whether it was paused before.'),
  pausedSince: time,
  atHand: z.int().describe('Folds, or the refit, that workers have at hand: they end and count.'),
});

export const resumeDocument = z
  .strictObject({ searchId: z.string(), status: z.literal('RUNNING') })
  .describe('Its pause is over; others carry it out.');

const priority = searchPriority.describe('Its share among searches that have the same workers.');

export const priorityDocument = z.strictObject({
  searchId: z.string(),
  priority,
  before: searchPriority.describe('What it was.'),
});

const cut = z
  .string()
  .nullable()
  .describe('Of a search that was cut: by whom or what, and after how many configurations.');

/** How many there are, and how many of them have ended. */
const settled = z.strictObject({
  total: z.int(),
  settled: z.int().nullable().describe('null once the search has left Redis.'),
});

export const statusDocument = z.strictObject({
  ...place,
  status: runStatus,
  state: z.enum(SEARCH_STATES).describe('What becomes of it now.'),
  step: z
    .enum(['queued', 'plan', 'refit', 'register', 'ended', 'broken'])
    .describe('How far its own job is.'),
  startTime: time,
  endTime: time.nullable(),
  seconds: z.number().nullable().describe('Since its start, until its end; null while nobody works on it.'),
  secondsLeft: z
    .number()
    .nullable()
    .describe(
      'An estimate, while it is worked on and something tells the speed, and no more than max_duration leaves.',
    ),
  pausedSince: time.nullable().describe('Since when it is paused; null when it is not.'),
  priority: priority
    .nullable()
    .describe('Its share among searches that have the same workers; null once it has ended.'),
  queuePosition: z
    .int()
    .nullable()
    .describe('1 = the next that is taken; null unless it waits for its turn.'),
  trials: settled,
  folds: settled,
  best,
  registered,
  cut,
  generation: z
    .strictObject({
      number: z.int().describe('From 1: the one that is waited for.'),
      of: z.int(),
      rung: z.int().nullable().describe('Folds that its trials were handed; null where all are at once.'),
      rungs: z.int(),
    })
    .nullable()
    .describe('Of a search in generations, while it hands them out.'),
  budget: z
    .strictObject({
      maxDuration: z.strictObject({ limit: z.number(), used: z.number() }).nullable().describe('Seconds.'),
      maxFailures: z.strictObject({ limit: z.int(), used: z.int() }).nullable().describe('Configurations.'),
      trialTimeout: z.string().nullable().describe('Of a fold, as the file has it.'),
      maxMemory: z.string().nullable().describe('Of a training process, as the file has it.'),
    })
    .nullable()
    .describe('What it may take, and how much of that is used; null without any limit.'),
  failure,
});

export const watchDocument = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('progress'),
    searchId: z.string(),
    state: z.enum(SEARCH_STATES).describe('What becomes of it now.'),
    step: statusDocument.shape.step,
    trials: settled,
    folds: settled,
    pruned: z.int().describe('Configurations that were stopped so far.'),
    metric: z.string(),
    best: z.number().nullable().describe('Mean of the best configuration so far.'),
    seconds: z.number().describe('Since it is watched, without pauses.'),
    secondsLeft: z.number().nullable().describe('An estimate; null while nothing tells the speed.'),
    pausedSince: time.nullable(),
  }),
  z.strictObject({
    type: z.literal('ended'),
    ...place,
    status: runStatus,
    failure,
    cut,
    best,
    registered,
  }),
]);

export const statusListDocument = z.array(statusDocument);

const foldDocument = z.strictObject({
  ...run,
  fold: z.int().describe('From 0.'),
  inner: z
    .string()
    .nullable()
    .describe(
      'Of an inner fold of nested cross-validation: `1.2` is split 2 of what outer fold 1 trains on.',
    ),
  score: z.number().nullable().describe('The objective.'),
  bestEpoch: z.int().nullable().describe('The epoch whose weights were kept, from 1.'),
  fitSeconds: z.number().nullable(),
  attempts: z
    .array(
      z.strictObject({
        worker: z.string(),
        start: z.string(),
        end: z.string().nullable().describe('null when it fell silent.'),
        reason: z.string(),
      }),
    )
    .describe('Earlier attempts, oldest first.'),
  reusedFrom: z
    .strictObject({ runId: z.string(), searchId: z.string() })
    .nullable()
    .describe('Of a fold that was not trained again: the run that trained it, and its search.'),
  metrics: metrics.describe('Of the validation rows, after the epoch that was kept.'),
});

const number = z.number().nullable();
const probability = z.number().min(0).max(1);

const childDocument = z.strictObject({
  ...run,
  name: z.string().describe('Short, and unique in the search.'),
  configuration,
  mean: number,
  std: number,
  pruned: z
    .string()
    .nullable()
    .describe(
      'Why it was stopped before its last fold: rule, folds or epochs done, and what the rule went by.',
    ),
  stop: z
    .strictObject({
      rule: z.string(),
      rung: z.int().describe('After so many folds; within a fold, which of the fixed epochs.'),
      at: z
        .strictObject({ fold: z.int(), epoch: z.int() })
        .optional()
        .describe('Of one that was stopped within a fold.'),
      numbers: z.record(z.string(), z.number()).describe('That the rule went by.'),
    })
    .nullable()
    .describe('The same in parts.'),
  generation: z.int().nullable().describe('From 1; null of a search that has none.'),
  againstWinner: z
    .strictObject({
      difference: z.number().describe('Score less the winner’s, mean over the folds.'),
      low: z.number().describe('Of the interval of 95 %.'),
      high: z.number(),
      p: probability.describe('Corrected t-test of both sides (Nadeau and Bengio 2003), Holm’s correction.'),
      sameInPractice: probability.describe('That the true difference is within the region.'),
      alike: z.boolean().describe('Whether it can’t be told from the winner.'),
    })
    .nullable()
    .describe('null for the winner, and where there is nothing to compare.'),
  metrics,
  folds: z.array(foldDocument).describe('Empty for children beyond `--folds`.'),
});

/** A child or a fold by itself. */
export const showChildDocument = z.strictObject({
  searchId: z.string(),
  ...childDocument.shape,
  rows: z
    .strictObject({
      rows: z.int(),
      bothRight: z.int(),
      onlyFirst: z.int().describe('Rows that this child alone gets right.'),
      onlySecond: z.int().describe('Rows that the winner alone gets right.'),
      p: probability.describe('McNemar’s exact test of both sides.'),
      differing: z.array(z.int()).describe('Places in the dataset of the rows on which they differ.'),
    })
    .nullable()
    .describe('Against the winner, over the validation rows; null for the winner, and where not recorded.'),
});
export const showFoldDocument = z.strictObject({
  searchId: z.string(),
  childRunId: z.string(),
  ...foldDocument.shape,
});

const evidence = z
  .strictObject({
    verdict: z.array(z.string()).describe('Sentences; the first says what won.'),
    scores: z.int().describe('Fold scores of each child.'),
    compared: z.int().describe('Children that were held against the winner.'),
    leftOut: z.int().describe('Children beyond the most that are compared.'),
    rule: z.enum(['one standard error', 'corrected t-test']).nullable(),
    alike: z.array(z.string()).describe('Names of those that can’t be told from the winner.'),
    region: z.number().describe('A difference that doesn’t matter in practice.'),
    standardError: number.describe('Of the winner’s mean.'),
    simplest: z.string().nullable().describe('The cheapest within one standard error of the winner.'),
    leastDifference: number.describe('That these folds could have told from chance.'),
    repeats: z
      .strictObject({
        repeats: z.int(),
        scores: z.int(),
        leastDifference: z.number(),
        seconds: z.number().describe('Of training more, on one core.'),
      })
      .nullable()
      .describe('What drawing the folds anew would bring; null where there are enough scores.'),
    baselines,
    nested,
    importances: z.array(
      z.strictObject({
        model: z.string().nullable().describe('null: all kinds together.'),
        method: z.enum(['functional ANOVA', 'PED-ANOVA']),
        configurations: z.int(),
        effects: z.array(
          z.strictObject({
            parameters: z.array(z.string()).describe('One, or two together.'),
            share: z.number(),
            levels: z.array(z.strictObject({ value: parameterValue, mean: z.number(), count: z.int() })),
          }),
        ),
      }),
    ),
    pareto: z.array(z.string()).describe('Names of those that no other beats without taking longer.'),
    bestSoFar: z.array(z.string()).describe('Names of those that were the best when they ended.'),
  })
  .describe('What speaks for the winner, and against.');

export const showDocument = z.strictObject({
  ...place,
  ...run,
  objective,
  terms: z
    .strictObject({
      strategy: z.string(),
      generation: z.int().nullable().describe('Configurations of a generation; null without generations.'),
      crossValidation: z.string(),
      pruning: z.array(z.string()),
      constraints: z
        .strictObject({
          where: z.string(),
          removed: z.int().nullable().describe('Configurations left out; null where nobody can count them.'),
        })
        .nullable(),
    })
    .describe('What it was told to do, in words.'),
  cut,
  reused: z
    .strictObject({ folds: z.int(), from: z.array(z.string()).describe('Ids of searches.') })
    .nullable()
    .describe(
      'Folds that were taken over from earlier searches; null before its end, and where there are none.',
    ),
  extends: z.string().nullable().describe('The search that it goes beyond.'),
  retryOf: z.string().nullable().describe('The search whose failed part it tries again.'),
  datasetDigest: z.string(),
  params: z.record(z.string(), parameterValue).describe('Of the search, as its parent run has them.'),
  metrics: metrics.describe('Of the parent run.'),
  best,
  refit,
  registered,
  evidence,
  children: z.array(childDocument).describe('Best first, pruned and failed ones last.'),
});
