/** What an experiment can be filtered and ordered by. */
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
import type { ViewType } from './contract.js';
import { stageCondition } from './lifecycle.js';

const ATTRIBUTES = new Map<string, { sql: string; number: boolean }>([
  ['name', { sql: 'e.name', number: false }],
  ['creation_time', { sql: 'e.creation_time', number: true }],
  ['last_update_time', { sql: 'e.last_update_time', number: true }],
]);
const TEXT: readonly Comparator[] = ['=', '!=', 'LIKE', 'ILIKE'];

const isTag = (entity: string | undefined) => entity === 'tag' || entity === 'tags';
const isAttribute = (entity: string | undefined) =>
  entity === undefined || entity === 'attribute' || entity === 'attributes' || entity === 'attr';

const attribute = (key: string) => {
  const found = ATTRIBUTES.get(key);
  if (!found) {
    throw invalid(
      `Invalid attribute key '${key}' specified. Valid keys are '{'experiment_id', ${[...ATTRIBUTES.keys()].map((one) => `'${one}'`).join(', ')}}'`,
    );
  }
  return found;
};

/** A filter and a view as conditions on `experiments e`. */
export function experimentConditions(filter: string | undefined, viewType: ViewType): Condition[] {
  return [...parseFilter(filter).map(condition), ...stageCondition('e', viewType)];
}

function condition(clause: Clause): Condition {
  if (isTag(clause.entity)) return hasKeyValue('experiment_tags', 'experiment', 'e.id', clause);
  if (!isAttribute(clause.entity)) throw invalid(`Invalid entity type '${clause.entity}'`);
  const { sql, number } = attribute(clause.key);
  checkComparator(clause.comparator, number ? NUMBER_COMPARATORS : TEXT);
  return number ? compareNumber(sql, clause, `numeric attribute: ${clause.key}`) : compareText(sql, clause);
}

/** The ordering asked for, ended by the id: the youngest first, but among equally young ones the first made. */
export function experimentOrder(order: readonly string[]): OrderTerm[] {
  const terms: OrderTerm[] = [];
  const seen = new Set<string>();
  for (const entry of order) {
    const { entity, key, ascending } = parseOrder(entry);
    if (!isAttribute(entity)) throw invalid(`Invalid order_by entity: ${entity}`);
    if (seen.size === seen.add(key).size) {
      throw duplicateFields(order);
    }
    if (key === 'experiment_id') terms.push({ sql: 'e.id', ascending });
    else terms.push({ sql: attribute(key).sql, ascending });
  }
  if (order.length === 0) terms.push({ sql: 'e.creation_time', ascending: false });
  terms.push({ sql: 'e.id', ascending: order.length === 0 });
  return terms;
}
