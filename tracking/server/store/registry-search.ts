/** What registered models and model versions can be filtered and ordered by. */
import { invalid } from '../errors.js';
import {
  type Condition,
  checkComparator,
  compareNumber,
  compareText,
  hasKeyValue,
  NUMBER_COMPARATORS,
} from '../filter/compile.js';
import { duplicateFields, parseOrder } from '../filter/order.js';
import type { OrderTerm } from '../filter/paging.js';
import { type Clause, type Comparator, parseFilter } from '../filter/parse.js';

const TEXT: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE', 'IN', 'NOT IN'];
const isTag = (entity: string | undefined) => entity === 'tag' || entity === 'tags';
const isAttribute = (entity: string | undefined) =>
  entity === undefined || entity === 'attribute' || entity === 'attributes' || entity === 'attr';

type Columns = ReadonlyMap<string, { sql: string; number?: boolean }>;

const MODEL_COLUMNS: Columns = new Map([['name', { sql: 'm.name' }]]);
const VERSION_COLUMNS: Columns = new Map<string, { sql: string; number?: boolean }>([
  ['name', { sql: 'm.name' }],
  ['version_number', { sql: 'v.version', number: true }],
  ['run_id', { sql: 'v.run_id' }],
  ['source_path', { sql: 'v.source' }],
]);

function condition(columns: Columns, tags: (clause: Clause) => Condition, clause: Clause): Condition {
  if (isTag(clause.entity)) return tags(clause);
  const column = isAttribute(clause.entity) ? columns.get(clause.key) : undefined;
  if (!column) {
    throw invalid(
      isAttribute(clause.entity)
        ? `Invalid attribute key '${clause.key}' specified. Valid keys are '{${[...columns.keys()].map((key) => `'${key}'`).join(', ')}}'`
        : `Invalid entity type '${clause.entity}'. Valid entity types are {'tag', 'attribute'}`,
    );
  }
  if (column.number) {
    checkComparator(clause.comparator, NUMBER_COMPARATORS);
    return compareNumber(column.sql, clause, `numeric attribute: ${clause.key}`);
  }
  checkComparator(clause.comparator, TEXT);
  return compareText(column.sql, clause);
}

/**
 * MLflow keeps prompts in the registry as well, told from models by a tag. A search finds models, unless its filter
 * asks for prompts: whatever else a clause on that tag says means "no prompts".
 */
const PROMPT = 'mlflow.prompt.is_prompt';

function search(
  filter: string | undefined,
  columns: Columns,
  table: string,
  column: string,
  owner: string,
): Condition[] {
  const clauses = parseFilter(filter);
  const onPrompt = clauses.filter(({ entity, key }) => isTag(entity) && key === PROMPT);
  const wantsPrompts =
    onPrompt.length > 0 &&
    onPrompt.every(
      ({ comparator, value }) => comparator === '=' && value.kind === 'text' && value.value === 'true',
    );
  const isPrompt = `EXISTS (SELECT 1 FROM ${table} p WHERE p.${column} = ${owner} AND p.key = '${PROMPT}' AND lower(p.value) = 'true')`;
  return [
    ...clauses
      .filter((clause) => !onPrompt.includes(clause))
      .map((clause) => condition(columns, (tag) => hasKeyValue(table, column, owner, tag), clause)),
    { sql: wantsPrompts ? isPrompt : `NOT ${isPrompt}`, values: [] },
  ];
}

/** A filter as conditions on `registered_models m`. */
export const modelConditions = (filter: string | undefined): Condition[] =>
  search(filter, MODEL_COLUMNS, 'registered_model_tags', 'model', 'm.id');

/** A filter as conditions on `model_versions v` joined to `registered_models m`. */
export const versionConditions = (filter: string | undefined): Condition[] =>
  search(filter, VERSION_COLUMNS, 'model_version_tags', 'version', 'v.id');

function order(
  entries: readonly string[],
  columns: ReadonlyMap<string, string>,
): { terms: OrderTerm[]; has: (sql: string) => boolean } {
  const terms: OrderTerm[] = [];
  const has = (sql: string) => terms.some((term) => term.sql === sql);
  for (const entry of entries) {
    const { entity, key, ascending } = parseOrder(entry);
    const sql = isAttribute(entity) ? columns.get(key) : undefined;
    if (sql === undefined) {
      throw invalid(
        `Invalid order by key '${key}' specified. Valid keys are '{${[...columns.keys()].map((one) => `'${one}'`).join(', ')}}'`,
      );
    }
    if (has(sql)) {
      throw duplicateFields(entries);
    }
    terms.push({ sql, ascending });
  }
  return { terms, has };
}

const MODEL_ORDER = new Map([
  ['name', 'm.name'],
  ['timestamp', 'm.last_update_time'],
  ['last_updated_timestamp', 'm.last_update_time'],
]);

export function modelOrder(entries: readonly string[]): OrderTerm[] {
  const { terms, has } = order(entries, MODEL_ORDER);
  return has('m.name')
    ? [...terms, { sql: 'm.id', ascending: true }]
    : [...terms, { sql: 'm.name', ascending: true }];
}

const VERSION_ORDER = new Map([
  ['name', 'm.name'],
  ['version_number', 'v.version'],
  ['creation_timestamp', 'v.creation_time'],
  ['last_updated_timestamp', 'v.last_update_time'],
]);

export function versionOrder(entries: readonly string[]): OrderTerm[] {
  const { terms, has } = order(entries, VERSION_ORDER);
  const newest: OrderTerm = { sql: 'v.last_update_time', ascending: false };
  const rest: OrderTerm[] = [
    // Only where nothing is asked for: under another ordering, ties stand by name.
    ...(entries.length === 0 ? [newest] : []),
    { sql: 'm.name', ascending: true },
    { sql: 'v.version', ascending: false },
  ];
  return [...terms, ...rest.filter(({ sql }) => !has(sql)), { sql: 'v.id', ascending: true }];
}
