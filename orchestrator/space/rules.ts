/** What one field says about another: rules that a schema of single fields cannot state. */
import { extname } from 'node:path';
import { METRIC_NAMES, metricOf } from '../../learning/metrics/index.js';
import type { Finding } from './issues.js';
import { valueAt } from './issues.js';

/** The data formats by file ending. */
const FORMATS: Readonly<Record<string, 'csv' | 'tsv' | 'jsonl'>> = {
  '.csv': 'csv',
  '.tsv': 'tsv',
  '.jsonl': 'jsonl',
  '.ndjson': 'jsonl',
};

/** The format a file's ending tells, if any. */
export function formatOf(file: string): 'csv' | 'tsv' | 'jsonl' | undefined {
  return FORMATS[extname(file).toLowerCase()];
}

/** Contradictions between fields. Runs on unchecked documents, so that these too are told at the first try. */
export function ruleFindings(document: unknown): Finding[] {
  const at = (...path: string[]) => valueAt(document, path);
  return [
    ...datasetRules(at),
    ...crossValidationRules(at),
    ...objectiveRules(at),
    ...modelRules(at),
    ...nameRules(at),
  ];
}

type At = (...path: string[]) => unknown;

function datasetRules(at: At): Finding[] {
  const findings: Finding[] = [];
  const source = at('dataset', 'source');
  const file = at('dataset', 'file');
  const dataset = at('dataset');
  if (typeof dataset !== 'object' || dataset === null || Array.isArray(dataset)) return findings;
  if (source === undefined && file === undefined)
    findings.push({
      path: ['dataset'],
      what: 'names no data',
      remedy: 'add source: uci-sentiment, or file: with the path of a CSV, TSV or JSONL file',
    });
  if (source === 'file' && file === undefined)
    findings.push({
      path: ['dataset', 'source'],
      what: 'needs the path of the file',
      value: source,
      remedy: 'add file: reviews.csv',
    });
  if (source === 'uci-sentiment')
    for (const field of ['file', 'format', 'columns'])
      if (at('dataset', field) !== undefined)
        findings.push({
          path: ['dataset', field],
          atKey: true,
          what: 'does not go with source: uci-sentiment, which is built in',
          remedy: `remove ${field}, or the source`,
        });
  if (typeof file === 'string' && source !== 'uci-sentiment') {
    if (file.includes('://'))
      findings.push({
        path: ['dataset', 'file'],
        what: 'is an address, not a path',
        value: file,
        remedy: 'download the file and give its path',
      });
    else if (at('dataset', 'format') === undefined && formatOf(file) === undefined)
      findings.push({
        path: ['dataset', 'file'],
        what: 'has an ending that tells no format',
        value: file,
        remedy: 'add format: csv, tsv or jsonl',
      });
  }
  const text = at('dataset', 'columns', 'text') ?? 'text';
  const label = at('dataset', 'columns', 'label') ?? 'label';
  if (typeof text === 'string' && text === label)
    findings.push({
      path: ['dataset', 'columns'],
      what: 'text and label are the same column',
      value: text,
      remedy: 'name two different columns',
    });
  return findings;
}

function crossValidationRules(at: At): Finding[] {
  const strategy = at('cross_validation', 'strategy') ?? 'stratified_k_fold';
  const stray = (field: string, owner: string, remedy: string): Finding[] => {
    const value = at('cross_validation', field);
    if (value === undefined) return [];
    return [
      {
        path: ['cross_validation', field],
        atKey: true,
        what: `goes with strategy ${owner} only`,
        value,
        remedy,
      },
    ];
  };
  const known = ['stratified_k_fold', 'k_fold', 'repeated_stratified_k_fold', 'hold_out'];
  if (typeof strategy !== 'string' || !known.includes(strategy)) return [];
  return [
    ...(strategy === 'hold_out'
      ? stray('n_splits', 'k_fold and its kin', 'remove it: hold_out splits once, by validation_size')
      : stray('validation_size', 'hold_out', 'remove it: n_splits sets the size, or use strategy: hold_out')),
    ...(strategy === 'repeated_stratified_k_fold'
      ? []
      : stray(
          'n_repeats',
          'repeated_stratified_k_fold',
          'remove it, or use strategy: repeated_stratified_k_fold',
        )),
  ];
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

function modelRules(at: At): Finding[] {
  const models = at('models');
  const none =
    typeof models === 'object' &&
    models !== null &&
    !Array.isArray(models) &&
    Object.keys(models).length === 0;
  return none
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

function nameRules(at: At): Finding[] {
  const name = at('name');
  if (at('registered_model') !== undefined || typeof name !== 'string') return [];
  if (/[/:]/.test(name))
    return [
      {
        path: ['name'],
        what: 'cannot name the registered model too: MLflow allows no / or : there',
        value: name,
        remedy: 'add registered_model: with a name of its own',
      },
    ];
  if (name.length > 256 && name.length <= 500)
    return [
      {
        path: ['name'],
        what: 'is longer than the 256 characters a registered model may have',
        value: name,
        remedy: 'add registered_model: with a shorter name',
      },
    ];
  return [];
}
