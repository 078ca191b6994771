/** The grammar of one `order_by` entry: an identifier, and perhaps ASC or DESC. */
import { type ApiError, invalid } from '../errors.js';
import { pythonList } from '../limits.js';
import { tokenize } from './tokens.js';

/** SQLite joins at most 64 tables; each metric, parameter or tag ordered by is one, beside the searched ones. */
const MOST_JOINS = 60;

/**
 * @throws ApiError INVALID_PARAMETER_VALUE when an ordering needs more joins than there can be.
 */
export function checkJoins(count: number): void {
  if (count > MOST_JOINS) {
    throw invalid(`order_by can name at most ${MOST_JOINS} metrics, params and tags; it names ${count}.`);
  }
}

/** MLflow answers 500 to this, which its clients try again and again. */
export const duplicateFields = (order: readonly string[]): ApiError =>
  invalid(`\`order_by\` contains duplicate fields: ${pythonList(order.slice(0, 10))}`);

export interface OrderClause {
  entity: string | undefined;
  key: string;
  ascending: boolean;
}

/**
 * @throws ApiError INVALID_PARAMETER_VALUE when the entry is anything else.
 */
export function parseOrder(clause: string): OrderClause {
  const tokens = tokenize(clause);
  const [subject, direction] = tokens;
  if (subject?.kind !== 'identifier' || tokens.length > 2) {
    throw invalid(`Invalid order_by clause '${clause}'. Could not be parsed.`);
  }
  const word = direction?.raw.toLowerCase() ?? 'asc';
  if (word !== 'asc' && word !== 'desc') {
    throw invalid(
      direction?.kind === 'identifier'
        ? `Invalid ordering key in order_by clause '${clause}'.`
        : `Invalid order_by clause '${clause}'. Could not be parsed.`,
    );
  }
  const [entity, ...key] = subject.parts;
  return key.length === 0
    ? { entity: undefined, key: entity as string, ascending: word === 'asc' }
    : { entity, key: key.join('.'), ascending: word === 'asc' };
}
