/** What one field says about another: rules that a schema of single fields cannot state. */
import { datasetComplaints, missingColumns, strayFields } from '../../learning/data/index.js';
import { METRIC_NAMES, metricOf } from '../../learning/metrics/index.js';
import type { Finding } from './issues.js';
import { valueAt } from './issues.js';
import { modelNameTrouble } from './model-name.js';
import { PARAMETERS } from './parameters.js';

/** Contradictions between fields. Runs on unchecked documents, so that these too are told at the first try. */
export function ruleFindings(document: unknown): Finding[] {
  const at = (...path: string[]) => valueAt(document, path);
  return [
    ...datasetRules(at),
    ...crossValidationRules(at),
    ...objectiveRules(at),
    ...strategyRules(at),
    ...stepsRules(at),
    ...modelRules(at),
    ...stoppingRules(at),
    ...nameRules(at),
  ];
}

type At = (...path: string[]) => unknown;

function datasetRules(at: At): Finding[] {
  const written = mapping(at('dataset'));
  if (written === undefined) return [];
  const twice: Finding[] =
    written.splits === 'source' && written.test_size !== undefined
      ? [
          {
            path: ['dataset', 'test_size'],
            what: 'does not go with splits: source, whose test rows are held out',
            value: written.test_size,
            remedy: 'remove one of the two',
          },
        ]
      : [];
  const found = datasetComplaints(written).map(({ field, stray, ...complaint }) => ({
    path: field === undefined ? ['dataset'] : ['dataset', field],
    ...(stray && { atKey: true }),
    ...complaint,
  }));
  return [...twice, ...found];
}

function crossValidationRules(at: At): Finding[] {
  const written = mapping(at('cross_validation')) ?? {};
  const missing = missingColumns(written, mapping(at('dataset')) ?? {});
  const found = [...strayFields(written), ...missing].map(({ field, ...complaint }) => ({
    path: ['cross_validation', ...field.split('.')],
    ...(!field.endsWith('strategy') && { atKey: true }),
    ...complaint,
  }));
  return [...found, ...(written.strategy === 'nested' ? nestedRules(at) : [])];
}

/** What is tried must not depend on the outer scores: they would no longer be those of a search that had not seen them. */
function nestedRules(at: At): Finding[] {
  const why =
    'goes by the outer scores, and the estimate of nested cross-validation would no longer be unbiased';
  const kind = at('strategy', 'kind');
  const pruned = Object.entries(mapping(at('pruning')) ?? {}).filter(([, rule]) => rule !== 'off');
  return [
    ...(kind === 'tpe'
      ? [{ path: ['strategy', 'kind'], value: kind, what: why, remedy: 'write random, sobol or grid' }]
      : []),
    ...pruned.map(([field, value]) => ({
      path: ['pruning', field],
      value,
      what: why,
      remedy: 'remove it, or use another cross-validation',
    })),
  ];
}

function mapping(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function objectiveRules(at: At): Finding[] {
  const metric = at('objective', 'metric') ?? 'f1_macro';
  const direction = at('objective', 'direction');
  const name = METRIC_NAMES.find((known) => known === metric);
  if (name === undefined || (direction !== 'maximize' && direction !== 'minimize')) return [];
  const right = metricOf(name).direction;
  if (direction === right) return [];
  return [
    {
      path: ['objective', 'direction'],
      what: `would ${direction} ${metric} and register the worst model`,
      value: direction,
      remedy: `write ${right}, or remove the line`,
    },
  ];
}

const DRAWING: readonly unknown[] = ['random', 'sobol', 'tpe'];

function strategyRules(at: At): Finding[] {
  const { kind = 'grid', order, max_trials, generation, configurations } = mapping(at('strategy')) ?? {};
  const findings: Finding[] = [];
  const stray = (field: string, what: string, remedy = 'remove it') =>
    findings.push({ path: ['strategy', field], atKey: true, what, remedy });
  if (order !== undefined && DRAWING.includes(kind))
    stray('order', `does not go with kind: ${kind}, which draws`);
  if (order !== undefined && kind === 'list')
    stray('order', 'does not go with kind: list, which has an order of its own');
  const { folds = 'off', epochs = 'off' } = mapping(at('pruning')) ?? {};
  if (generation !== undefined && kind !== 'tpe' && folds === 'off' && epochs === 'off')
    stray('generation', `does not go with kind: ${kind}, which reads no results, unless there is pruning`);
  if (configurations !== undefined && kind !== 'list')
    stray('configurations', `does not go with kind: ${kind}`, 'write kind: list, or remove it');
  if (configurations === undefined && kind === 'list')
    findings.push({
      path: ['strategy', 'configurations'],
      what: 'is missing',
      value: undefined,
      remedy: 'add it: a list such as [{model: simple, learning_rate: 0.01}]',
    });
  if (max_trials === undefined && DRAWING.includes(kind))
    findings.push({
      path: ['strategy', 'max_trials'],
      what: 'is missing',
      value: undefined,
      remedy: 'add it: a whole number from 1 to 100000',
    });
  return findings;
}

/** Where parameters are written: what all kinds share, and each kind's own. */
const parameterBlocks = (at: At): string[][] => [
  ['training'],
  ...Object.keys(mapping(at('models')) ?? {}).map((kind) => ['models', kind]),
];

/** A grid needs to know how many values of a range it shall try. */
function stepsRules(at: At): Finding[] {
  if ((at('strategy', 'kind') ?? 'grid') !== 'grid') return [];
  return parameterBlocks(at).flatMap((block) => openRanges(at(...block), block));
}

function openRanges(value: unknown, path: string[]): Finding[] {
  const written = mapping(value);
  if (written === undefined) return [];
  const { min, max, steps } = written;
  if (typeof min !== 'number' || typeof max !== 'number')
    return Object.entries(written).flatMap(([key, inner]) => openRanges(inner, [...path, key]));
  if (steps !== undefined) return [];
  return [
    {
      path: [...path, 'steps'],
      what: 'is missing',
      value: undefined,
      remedy:
        'add it: a whole number from 2 to 10000; or draw from the range with strategy: { kind: random, max_trials: 50 }',
    },
  ];
}

function modelRules(at: At): Finding[] {
  const models = at('models');
  const blocks = mapping(models);
  if (at('strategy', 'kind') === 'list') return unlistedRules(at, blocks ?? {});
  if (models === undefined)
    return [
      {
        path: ['models'],
        what: 'is missing',
        value: undefined,
        remedy: `add it: a mapping with ${Object.keys(PARAMETERS.kinds).join(', ')}`,
      },
    ];
  return blocks !== undefined && Object.keys(blocks).length === 0
    ? [
        {
          path: ['models'],
          what: 'names no model kind',
          value: models,
          remedy: 'add at least one, such as lstm: {}',
        },
      ]
    : [];
}

/** Of a list, models holds what its configurations share; a kind that none of them is of would never be tried. */
function unlistedRules(at: At, blocks: Readonly<Record<string, unknown>>): Finding[] {
  const listed = at('strategy', 'configurations');
  if (!Array.isArray(listed)) return [];
  const kinds = new Set(listed.map((one) => mapping(one)?.model));
  return Object.keys(blocks)
    .filter((kind) => !kinds.has(kind))
    .map((kind) => ({
      path: ['models', kind],
      atKey: true,
      what: 'is the kind of no configuration of the list',
      remedy: `list one with model: ${kind}, or remove it`,
    }));
}

/** Rows that early stopping watches are of no use without it. */
function stoppingRules(at: At): Finding[] {
  return parameterBlocks(at).flatMap((block) => {
    const path = [...block, 'early_stopping'];
    const size = at(...path, 'validation_size');
    const patience = at(...path, 'patience') ?? at('training', 'early_stopping', 'patience') ?? 0;
    if (size === undefined || size === 0 || patience !== 0) return [];
    return [
      {
        path: [...path, 'validation_size'],
        what: 'sets rows aside for early stopping, which is off',
        value: size,
        remedy: 'add patience: 2 beside it, or remove it',
      },
    ];
  });
}

function nameRules(at: At): Finding[] {
  const name = at('name');
  if (at('registered_model') !== undefined || typeof name !== 'string') return [];
  // What keeps it from naming anything is the schema's to tell.
  if (name.trim() === '' || name.length > 500 || /[\p{Cc}\p{Cs}]/u.test(name)) return [];
  const trouble = modelNameTrouble(name.trim());
  if (trouble === undefined) return [];
  return [
    {
      path: ['name'],
      what: `cannot name the registered model too: it ${trouble.what}`,
      value: name,
      remedy: 'add registered_model: with a name of its own',
    },
  ];
}
