/** The one schema of a search space file: validation, defaults and the editors' JSON Schema all come from here. */
import { z } from 'zod';
import { CROSS_VALIDATION_FIELDS, SOURCE_FIELDS } from '../../learning/data/index.js';
import { METRIC_NAMES, METRICS, objective } from '../../learning/metrics/index.js';
import { NORMALIZATION_NAMES } from '../../learning/text/index.js';
import type { AxisInput } from './axis.js';
import { axisSchema, scalarOf } from './axis.js';
import { BUDGET_FIELDS } from './budget.js';
import { MAX_MODEL_NAME, MODEL_NAME } from './model-name.js';
import { PARAMETERS } from './parameters.js';
import { EPOCH_PRUNING, FOLD_PRUNING, STRATEGY_KINDS } from './types.js';

/** A block of parameters as it stands in the file. */
export type Block = Readonly<Record<string, AxisInput | Readonly<Record<string, AxisInput>>>>;

/** Parameters that the file groups under a heading: heading → parameters. Early stopping may grow a `min_delta`. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  early_stopping: ['patience', 'validation_size'],
};

/** Configurations of a list: they travel with the search. */
export const MAX_LISTED = 1000;

// MLflow's own limit.
const experimentName = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^[^\p{Cc}\p{Cs}]*$/u);
const registeredModelName = z.string().trim().min(1).max(MAX_MODEL_NAME).regex(MODEL_NAME);
// Never 0 or 1: a split with nothing on one side measures nothing.
const fraction = z.number().gt(0).lt(1);

/** A search space file as it is written. */
export const searchSpaceFile = buildSchema();
export type SearchSpaceFile = z.infer<typeof searchSpaceFile>;

function buildSchema() {
  const { kinds, shared } = PARAMETERS;
  const minimized = METRIC_NAMES.filter((name) => METRICS[name].direction === 'minimize').join(' and ');
  const blocks = Object.entries(kinds).map(([kind, { description, parameters }]) => {
    // Training's parameters may be overridden per kind: what suits an average need not suit an LSTM.
    const block = z.strictObject(blockShape(parameters.shape));
    return [kind, block.optional().describe(description)] as const;
  });
  const [first, ...others] = Object.entries(kinds).map(([kind, { parameters }]) =>
    z.strictObject({ model: z.literal(kind), ...blockShape(parameters.shape, valueSchema) }),
  );
  const listed = [first!, ...others] as const;
  const constraint = z.string().trim().min(1).max(500);
  return z
    .strictObject({
      name: experimentName.describe('Name of the search, and of its MLflow experiment.'),
      dataset: z
        .strictObject({
          ...SOURCE_FIELDS,
          limit: z
            .number()
            .int()
            .min(2)
            .optional()
            .describe('Keep this many rows, drawn with the seed, every class in proportion.'),
          test_size: fraction
            .default(0.2)
            .describe('Fraction of the rows held out for the winner’s one measurement.'),
          splits: z
            .literal('source')
            .optional()
            .describe(
              'source: its own test rows are held out instead of test_size, its own validation rows are for predefined.',
            ),
          normalize: z
            .enum(NORMALIZATION_NAMES)
            .optional()
            .describe(
              'tweets: mentions become @user and addresses http, as TweetEval has them; packages do the same when they predict.',
            ),
        })
        .describe('Labelled texts: a source known by name, a file, or a folder.'),
      cross_validation: z
        .strictObject(CROSS_VALIDATION_FIELDS)
        .prefault({})
        .describe('Default: 3 stratified folds.'),
      objective: z
        .strictObject({
          metric: objective.shape.metric
            .default('f1_macro')
            .describe('Mean over the folds’ validation rows.'),
          direction: objective.shape.direction
            .optional()
            .describe(`Default: minimize for ${minimized}, else maximize.`),
        })
        .prefault({})
        .describe('What makes one configuration better than another.'),
      strategy: z
        .strictObject({
          kind: z
            .enum(STRATEGY_KINDS)
            .default('grid')
            .describe(
              'grid: every combination; random: drawn, none twice; sobol: drawn so that they fill the space evenly; tpe: drawn where earlier ones were good; list: those that configurations lists.',
            ),
          order: z
            .enum(['declared', 'spread'])
            .optional()
            .describe(
              'Of a grid: as the file has it, or so that every beginning covers all of it. Default: spread from 100 configurations on.',
            ),
          max_trials: z
            .number()
            .int()
            .min(1)
            .max(100_000)
            .optional()
            .describe('Configurations at most; needed by random, sobol and tpe.'),
          generation: z
            .number()
            .int()
            .min(1)
            .max(1000)
            .optional()
            .describe(
              'Of tpe, and with pruning: configurations that are handed out together, by the results of all but the generation before. Default: 8.',
            ),
          seed: z
            .number()
            .int()
            .min(0)
            .max(2 ** 32 - 1)
            .optional()
            .describe('Of what is drawn, and of the spread order. Default: the seed of the search.'),
          configurations: z
            .array(z.discriminatedUnion('model', listed))
            .min(1)
            .max(MAX_LISTED)
            .optional()
            .describe('Of a list: each the model kind and the parameters that matter.'),
        })
        .prefault({})
        .describe('Which configurations are tried, and in which order. Default: the whole grid.'),
      pruning: z
        .strictObject({
          folds: z
            .enum(FOLD_PRUNING)
            .default('off')
            .describe(
              'When a configuration gets no further fold. forgiving: its mean so far is not better than the worst fold of the best one; aggressive: than its mean; corrected_t_test: it is worse by a one-sided corrected t-test.',
            ),
          epochs: z
            .enum(EPOCH_PRUNING)
            .default('off')
            .describe(
              'When a configuration is stopped within its first fold, after 1, 3, 9, … epochs, by its best score so far beside those of the same kind after as many epochs. median: it is worse than their median; successive_halving: it is not among their best third.',
            ),
        })
        .prefault({})
        .describe(
          'Stops what is hopeless before its last fold, or before its last epoch. Default: nothing is stopped.',
        ),
      budget: z
        .strictObject(BUDGET_FIELDS)
        .prefault({})
        .describe(
          'What may be spent. Once max_duration or max_failures is, the search is cut as by stop: the best of what is complete is refit and registered. Default: without limit.',
        ),
      models: z
        .strictObject(Object.fromEntries(blocks))
        .optional()
        .describe(
          'Model kinds to try. Every combination of the values given is one configuration. A list can do without.',
        ),
      where: z
        .union([constraint, z.array(constraint).min(1).max(20)])
        .optional()
        .describe('What configurations must satisfy: a CEL expression over parameters, or a list of them.'),
      training: z
        .strictObject(blockShape(shared.shape))
        .optional()
        .describe(
          'Parameters of every kind that has them, searchable too; a kind’s own value takes precedence.',
        ),
      seed: z
        .number()
        .int()
        .min(0)
        .max(2 ** 32 - 1)
        .default(42)
        .describe('Same seed, same splits, same initial weights, same result.'),
      retries: z
        .number()
        .int()
        .min(0)
        .max(100)
        .default(2)
        .describe('Further attempts at a fold that failed.'),
      baseline: z
        .enum(['tfidf', 'off'])
        .default('tfidf')
        .describe(
          'TF-IDF and logistic regression, untuned, trained on the same folds and shown beside the winner; off for none.',
        ),
      registered_model: registeredModelName
        .optional()
        .describe('Name in the model registry; default: the name of the search.'),
    })
    .meta({ title: 'gridsearch search space' });
}

/** A single value. */
function valueSchema(parameter: z.ZodType): z.ZodType {
  const scalar = scalarOf(parameter);
  return scalar.optional().describe(parameter.description ?? scalar.description ?? '');
}

/** An axis, or something else, for each parameter, grouped ones under their heading. */
function blockShape(
  parameters: Readonly<Record<string, z.core.$ZodType>>,
  field: (parameter: z.ZodType) => z.ZodType = axisSchema,
): Record<string, z.ZodType> {
  const shape: Record<string, z.ZodType> = {};
  const grouped = new Map(
    Object.entries(GROUPS).flatMap(([group, names]) => names.map((name) => [name, group])),
  );
  for (const [name, parameter] of Object.entries(parameters)) {
    const group = grouped.get(name);
    if (group === undefined) shape[name] = field(parameter as z.ZodType);
    else {
      const inside = GROUPS[group]!.filter((one) => one in parameters);
      shape[group] = z
        .strictObject(Object.fromEntries(inside.map((one) => [one, field(parameters[one] as z.ZodType)])))
        .optional()
        .describe('Stop a fold when its objective no longer improves.');
    }
  }
  return shape;
}
