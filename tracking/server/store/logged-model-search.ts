/** What a logged model can be filtered and ordered by. */
import { invalid } from '../errors.js';
import {
  type Condition,
  checkComparator,
  compareNumber,
  compareText,
  hasKeyValue,
  NUMBER_COMPARATORS,
  TEXT_COMPARATORS,
} from '../filter/compile.js';
import { checkJoins, duplicateFields } from '../filter/order.js';
import type { OrderTerm } from '../filter/paging.js';
import { type Clause, parseFilter } from '../filter/parse.js';
import type { LoggedModelOrder } from './contract.js';

const ATTRIBUTES = new Map<string, { sql: string; number: boolean }>([
  ['name', { sql: 'l.name', number: false }],
  ['model_name', { sql: 'l.name', number: false }],
  ['model_id', { sql: 'l.model_id', number: false }],
  ['model_type', { sql: 'l.model_type', number: false }],
  ['status', { sql: 'l.status', number: false }],
  ['source_run_id', { sql: 'l.source_run_id', number: false }],
  ['creation_time', { sql: 'l.creation_time', number: true }],
  ['creation_timestamp', { sql: 'l.creation_time', number: true }],
  ['last_updated_timestamp', { sql: 'l.last_update_time', number: true }],
]);

const attribute = (key: string) => {
  const found = ATTRIBUTES.get(key);
  if (!found) {
    throw invalid(
      `Invalid attribute key '${key}' specified. Valid keys are '{${[...ATTRIBUTES.keys()].join(', ')}}'`,
    );
  }
  return found;
};

interface DatasetFilter {
  name: string;
  digest?: string;
}

/** The filter as conditions on `logged_models l`; datasets restrict which measurements its metric clauses look at. */
export function loggedModelConditions(
  filter: string | undefined,
  datasets: readonly DatasetFilter[],
): Condition[] {
  const clauses = parseFilter(filter);
  const onDatasets = datasetCondition(datasets);
  const conditions = clauses.map((clause) => condition(clause, onDatasets));
  const measured = clauses.some(({ entity }) => entity === 'metrics' || entity === 'metric');
  if (datasets.length === 0 || measured) return conditions;
  return [
    ...conditions,
    {
      sql: `EXISTS (SELECT 1 FROM logged_model_metrics m WHERE m.model = l.id AND ${onDatasets.sql})`,
      values: onDatasets.values,
    },
  ];
}

/** Each is a level of one condition; SQLite takes 1000 of them. */
const MOST_DATASETS = 500;

function datasetCondition(datasets: readonly DatasetFilter[]): Condition {
  if (datasets.length === 0) return { sql: '1', values: [] };
  if (datasets.length > MOST_DATASETS) {
    throw invalid(`A search can name at most ${MOST_DATASETS} datasets; it names ${datasets.length}.`);
  }
  return {
    sql: `(${datasets.map(({ digest }) => (digest === undefined ? 'm.dataset_name = ?' : '(m.dataset_name = ? AND m.dataset_digest = ?)')).join(' OR ')})`,
    values: datasets.flatMap(({ name, digest }) => (digest === undefined ? [name] : [name, digest])),
  };
}

function condition(clause: Clause, onDatasets: Condition): Condition {
  switch (clause.entity) {
    case 'metric':
    case 'metrics': {
      checkComparator(clause.comparator, NUMBER_COMPARATORS);
      const value = compareNumber('m.value', clause, 'metric');
      return {
        sql: `EXISTS (SELECT 1 FROM logged_model_metrics m WHERE m.model = l.id AND m.key = ? AND m.is_nan = 0 AND ${value.sql} AND ${onDatasets.sql})`,
        values: [clause.key, ...value.values, ...onDatasets.values],
      };
    }
    case 'param':
    case 'params':
    case 'parameter':
    case 'parameters':
      return hasKeyValue('logged_model_params', 'model', 'l.id', clause);
    case 'tag':
    case 'tags':
      return hasKeyValue('logged_model_tags', 'model', 'l.id', clause);
    case undefined:
    case 'attribute':
    case 'attributes': {
      const { sql, number } = attribute(clause.key);
      checkComparator(clause.comparator, number ? NUMBER_COMPARATORS : TEXT_COMPARATORS);
      return number
        ? compareNumber(sql, clause, `numeric attribute: ${clause.key}`)
        : compareText(sql, clause);
    }
    default:
      throw invalid(`Invalid entity type '${clause.entity}'`);
  }
}

/** The ordering asked for, ended by newest first and the model id. */
export function loggedModelOrder(order: readonly LoggedModelOrder[]): {
  terms: OrderTerm[];
  joins: Condition;
} {
  const terms: OrderTerm[] = [];
  const joins: Condition[] = [];
  const seen = new Set<string>();
  for (const { fieldName, ascending, datasetName, datasetDigest } of order) {
    const identity = JSON.stringify([fieldName, datasetName, datasetDigest]);
    if (seen.size === seen.add(identity).size) {
      throw duplicateFields(order.map((one) => one.fieldName));
    }
    if (!fieldName.startsWith('metrics.')) {
      terms.push({ sql: attribute(fieldName).sql, ascending, nullable: true });
      continue;
    }
    const alias = `o${joins.length}`;
    const filters = [
      ...(datasetName === undefined ? [] : [{ sql: 'x.dataset_name = ?', value: datasetName }]),
      ...(datasetDigest === undefined ? [] : [{ sql: 'x.dataset_digest = ?', value: datasetDigest }]),
    ];
    // The newest point of each model: with one MAX, SQLite takes the other columns from that very row.
    joins.push({
      sql: `LEFT JOIN (SELECT x.model, x.value, max(x.timestamp) FROM logged_model_metrics x
        WHERE x.key = ? ${filters.map(({ sql }) => `AND ${sql}`).join(' ')} GROUP BY x.model) ${alias} ON ${alias}.model = l.id`,
      values: [fieldName.slice('metrics.'.length), ...filters.map(({ value }) => value)],
    });
    terms.push({ sql: `${alias}.value`, ascending, nullable: true });
  }
  checkJoins(joins.length);
  terms.push({ sql: 'l.creation_time', ascending: false }, { sql: 'l.model_id', ascending: true });
  return {
    terms,
    joins: { sql: joins.map(({ sql }) => sql).join(' '), values: joins.flatMap(({ values }) => values) },
  };
}
