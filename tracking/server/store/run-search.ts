/** What a run can be filtered and ordered by, and the query plan that answers fast with 100,000 runs. */
import { invalid } from '../errors.js';
import {
  type Condition,
  checkComparator,
  compareNumber,
  compareText,
  every,
  hasKeyValue,
  NUMBER_COMPARATORS,
  TEXT_COMPARATORS,
} from '../filter/compile.js';
import { checkJoins, duplicateFields, parseOrder } from '../filter/order.js';
import {
  afterToken,
  type CursorRow,
  cursorColumns,
  type OrderTerm,
  orderBy,
  toPage,
} from '../filter/paging.js';
import { type Clause, parseFilter } from '../filter/parse.js';
import type { Page, Run, RunStore } from './contract.js';
import type { Database, SqlValue } from './database.js';
import { parseExperimentId } from './experiments.js';
import { stageCondition } from './lifecycle.js';
import { type RunRow, toRuns } from './run-rows.js';

type Entity = 'metric' | 'parameter' | 'tag' | 'attribute' | 'dataset';

const ENTITIES = new Map<string, Entity>([
  ['metric', 'metric'],
  ['metrics', 'metric'],
  ['parameter', 'parameter'],
  ['parameters', 'parameter'],
  ['param', 'parameter'],
  ['params', 'parameter'],
  ['tag', 'tag'],
  ['tags', 'tag'],
  ['attribute', 'attribute'],
  ['attributes', 'attribute'],
  ['attr', 'attribute'],
  ['run', 'attribute'],
  ['dataset', 'dataset'],
  ['datasets', 'dataset'],
]);

const ATTRIBUTES = new Map<string, { sql: string; number: boolean; nullable?: boolean }>([
  ['run_id', { sql: 'r.run_id', number: false }],
  ['run_name', { sql: 'r.name', number: false }],
  ['user_id', { sql: 'r.user_id', number: false }],
  ['status', { sql: 'r.status', number: false }],
  ['start_time', { sql: 'r.start_time', number: true }],
  ['end_time', { sql: 'r.end_time', number: true, nullable: true }],
  ['artifact_uri', { sql: 'r.artifact_uri', number: false }],
]);

/** Other spellings that MLflow takes. */
const ALIASES = new Map([
  ['created', 'start_time'],
  ['Created', 'start_time'],
  ['run name', 'run_name'],
  ['Run name', 'run_name'],
  ['Run Name', 'run_name'],
]);

/** `spellings` are the other names that MLflow lists as valid beside the attributes themselves. */
const attribute = (name: string, spellings: readonly string[] = [...ALIASES.keys()]) => {
  const key = ALIASES.get(name) ?? name;
  const found = ATTRIBUTES.get(key);
  if (!found) {
    const valid = [...ATTRIBUTES.keys(), ...spellings].map((one) => `'${one}'`).join(', ');
    throw invalid(`Invalid attribute key '${name}' specified. Valid keys are '{${valid}}'`);
  }
  return { key, ...found };
};

const entityOf = (name: string | undefined): Entity => {
  if (name === undefined) return 'attribute';
  const entity = ENTITIES.get(name);
  if (!entity) {
    throw invalid(
      `Invalid entity type '${name}'. Valid values are ['metric', 'parameter', 'tag', 'attribute', 'dataset']`,
    );
  }
  return entity;
};

/** A condition on `runs r`; where an index finds the matching runs by itself, also the query that does. */
interface RunCondition extends Condition {
  driver?: Condition;
}

function condition(clause: Clause): RunCondition {
  const entity = entityOf(clause.entity);
  if ((clause.comparator === 'IS NULL' || clause.comparator === 'IS NOT NULL') && !isText(entity)) {
    throw invalid(
      `IS NULL / IS NOT NULL is only supported for tags and params, not for '${entity}' '${clause.key}'`,
    );
  }
  switch (entity) {
    case 'metric':
      return metricCondition(clause);
    case 'parameter':
      return textCondition('params', { ...clause, entity });
    case 'tag':
      return textCondition('tags', { ...clause, entity });
    case 'attribute':
      return attributeCondition(clause);
    case 'dataset':
      return datasetCondition(clause);
    default:
      return entity satisfies never;
  }
}

const isText = (entity: Entity) => entity === 'tag' || entity === 'parameter';

function metricCondition(clause: Clause): RunCondition {
  const wanted = compareNumber('m.value', clause, 'metric');
  checkComparator(clause.comparator, NUMBER_COMPARATORS);
  const values = [clause.key, ...wanted.values];
  // Comparing anything with NaN is false, except that it differs from everything.
  const differs = clause.comparator === '!=';
  // The plus signs keep SQLite from the index over all values when it looks up one run's value by the primary key.
  const test = differs ? `(+m.is_nan = 1 OR +${wanted.sql})` : `+m.is_nan = 0 AND +${wanted.sql}`;
  const one = `SELECT 1 FROM latest_metrics m WHERE m.run = r.id AND m.key = ? AND ${test}`;
  const all = `SELECT m.run FROM latest_metrics m WHERE m.key = ? AND m.is_nan = 0 AND ${wanted.sql}`;
  return { sql: `EXISTS (${one})`, values, ...(differs ? {} : { driver: { sql: all, values } }) };
}

function textCondition(table: 'params' | 'tags', clause: Clause): RunCondition {
  const exists = hasKeyValue(table, 'run', 'r.id', clause);
  if (clause.comparator !== '=') return exists;
  const value = compareText('kv.value', clause, true);
  return {
    ...exists,
    driver: {
      sql: `SELECT kv.run FROM ${table} kv WHERE kv.key = ? AND ${value.sql}`,
      values: [clause.key, ...value.values],
    },
  };
}

function attributeCondition(clause: Clause): RunCondition {
  const { key, sql, number } = attribute(clause.key);
  checkComparator(clause.comparator, number ? NUMBER_COMPARATORS : TEXT_COMPARATORS);
  if (number) return compareNumber(sql, clause, `numeric attribute: ${clause.key}`);
  if (clause.value.kind === 'list' && key !== 'run_id') {
    throw invalid("Only ['run_id'] attributes support comparison with a list of quoted string values.");
  }
  const compared = compareText(sql, clause);
  const indexed = key === 'run_id' ? ['=', 'IN'] : key === 'run_name' ? ['='] : [];
  return indexed.includes(clause.comparator)
    ? {
        ...compared,
        driver: { sql: `SELECT r.id AS run FROM runs r WHERE ${compared.sql}`, values: compared.values },
      }
    : compared;
}

function datasetCondition(clause: Clause): RunCondition {
  checkComparator(clause.comparator, TEXT_COMPARATORS);
  const values = (column: string) => compareText(column, { ...clause, entity: 'dataset attributes' });
  if (clause.key === 'context') {
    const { sql, values: bound } = values('t.value');
    return {
      sql: `EXISTS (SELECT 1 FROM dataset_input_tags t WHERE t.run = r.id AND t.key = 'mlflow.data.context' AND ${sql})`,
      values: bound,
    };
  }
  if (clause.key !== 'name' && clause.key !== 'digest') {
    throw invalid(
      `Invalid dataset key '${clause.key}' specified. Valid keys are '{'name', 'digest', 'context'}'`,
    );
  }
  const { sql, values: bound } = values(`d.${clause.key}`);
  return {
    sql: `EXISTS (SELECT 1 FROM dataset_inputs i JOIN datasets d ON d.id = i.dataset WHERE i.run = r.id AND ${sql})`,
    values: bound,
  };
}

interface Ordering {
  terms: OrderTerm[];
  /** Joins that bring in the metric, parameter or tag ordered by. */
  joins: Condition;
}

/** The ordering asked for, ended by newest first and the run id, as MLflow ends every ordering. */
function ordering(order: readonly string[]): Ordering {
  const terms: OrderTerm[] = [];
  const joins: string[] = [];
  const keys: string[] = [];
  const seen = new Set<string>();
  for (const entry of order) {
    const { entity: name, key, ascending } = parseOrder(entry);
    const entity = entityOf(name);
    const identity = `${entity}.${ALIASES.get(key) ?? key}`;
    if (seen.size === seen.add(identity).size) {
      throw duplicateFields(order);
    }
    const alias = `o${joins.length}`;
    const join = (table: string) => {
      joins.push(`LEFT JOIN ${table} ${alias} ON ${alias}.run = r.id AND ${alias}.key = ?`);
      keys.push(key);
    };
    switch (entity) {
      case 'attribute': {
        const { sql, nullable = false } = attribute(key, ['created', 'Created']);
        terms.push({ sql, ascending, nullable });
        break;
      }
      case 'metric':
        join('latest_metrics');
        terms.push({ sql: `${alias}.value`, ascending, nanSql: `${alias}.is_nan = 1` });
        break;
      case 'parameter':
      case 'tag':
        join(entity === 'tag' ? 'tags' : 'params');
        terms.push({ sql: `${alias}.value`, ascending, nullable: true });
        break;
      case 'dataset':
        throw invalid(`Invalid identifier type 'dataset'`);
      default:
        entity satisfies never;
    }
  }
  checkJoins(joins.length);
  if (!seen.has('attribute.start_time')) terms.push({ sql: 'r.start_time', ascending: false });
  if (!seen.has('attribute.run_id')) terms.push({ sql: 'r.run_id', ascending: true });
  return { terms, joins: { sql: joins.join(' '), values: keys } };
}

/**
 * Below this many matches in an index, the search fetches exactly those runs and sorts them. Above, it walks the
 * runs in their order and stops when the page is full: matches are so frequent then that it stops early.
 */
const FEW_MATCHES = 10_000;
/** An ordering that no index has needs all matches anyway; then the index with the fewest is always the start. */
const ANY_MATCHES = 200_000;

/** The most selective index among the conditions, when it is selective enough to start from. */
function chooseDriver(
  db: Database,
  conditions: readonly RunCondition[],
  limit: number,
): RunCondition | undefined {
  let best: RunCondition | undefined;
  let fewest = limit;
  for (const one of conditions) {
    if (!one.driver) continue;
    const { sql, values } = one.driver;
    const { n } = db.get<{ n: number }>(`SELECT count(*) AS n FROM (${sql} LIMIT ${fewest})`, ...values) as {
      n: number;
    };
    if (n < fewest) [best, fewest] = [one, n];
    if (n === 0) break;
  }
  return best;
}

/** Runs that match, in order, one page at a time. */
export function searchRuns(db: Database, query: Parameters<RunStore['search']>[0]): Page<Run> {
  const { experimentIds, filter, orderBy: order, viewType, maxResults, pageToken } = query;
  const conditions = parseFilter(filter).map(condition);
  const { terms, joins } = ordering(order);
  const experiments = experimentIds.map(parseExperimentId);
  if (experiments.length === 0) return { items: [] };

  return db.read(() => {
    const driver = chooseDriver(db, conditions, order.length === 0 ? FEW_MATCHES : ANY_MATCHES);
    const where = every([
      experiments.length === 1
        ? { sql: 'r.experiment = ?', values: experiments }
        : { sql: 'r.experiment IN (SELECT value FROM json_each(?))', values: [JSON.stringify(experiments)] },
      ...stageCondition('r', viewType),
      ...conditions.filter((one) => one !== driver),
      afterToken(terms, pageToken),
    ]);
    // CROSS JOIN tells SQLite to keep the order of the tables: from the few matches to their runs.
    const from = driver?.driver ? `(${driver.driver.sql}) d CROSS JOIN runs r ON r.id = d.run` : 'runs r';
    const values: SqlValue[] = [
      ...(driver?.driver?.values ?? []),
      ...joins.values,
      ...where.values,
      maxResults + 1,
    ];
    const rows = db.all<{ id: number } & CursorRow>(
      `SELECT r.id, ${cursorColumns(terms)} FROM ${from} ${joins.sql} WHERE ${where.sql} ORDER BY ${orderBy(terms)} LIMIT ?`,
      ...values,
    );
    return toPage(rows, maxResults, terms, (page) =>
      runsInOrder(
        db,
        page.map(({ id }) => id),
      ),
    );
  });
}

function runsInOrder(db: Database, ids: readonly number[]): Run[] {
  const rows = db.all<RunRow>(
    'SELECT * FROM runs WHERE id IN (SELECT value FROM json_each(?))',
    JSON.stringify(ids),
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return toRuns(
    db,
    ids.map((id) => byId.get(id) as RunRow),
  );
}
