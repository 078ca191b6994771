/** How much one query may ask. Counted before it is checked against the schema: that check alone can be made to take long. */
import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  GraphQLError,
  Kind,
  type SelectionSetNode,
} from 'graphql';

/** For the parser, which is the first to see the text. */
export const MOST_TOKENS = 6000;
const MOST_ROOT_FIELDS = 10;
const MOST_ALIASES = 10;
const MOST_FIELDS = 1000;
const DEEPEST = 10;

interface Level {
  selections: SelectionSetNode;
  depth: number;
}

/**
 * Every field is counted as often as fragments bring it in.
 *
 * @throws GraphQLError for a query with too many fields or levels, or with too many root fields or aliases in one place.
 */
export function checkBounds({ definitions }: DocumentNode): void {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of definitions)
    if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);

  let fields = 0;
  for (const operation of definitions) {
    if (operation.kind !== Kind.OPERATION_DEFINITION) continue;
    const levels: Level[] = [{ selections: operation.selectionSet, depth: 1 }];
    for (let level = levels.pop(); level; level = levels.pop()) {
      const { selections, depth } = level;
      if (depth > DEEPEST) throw new GraphQLError(`Query exceeds maximum depth of ${DEEPEST}`);
      const found = fieldsOf(selections, fragments);
      fields += found.length;
      if (fields > MOST_FIELDS) {
        throw new GraphQLError(`Query exceeds maximum total selections of ${MOST_FIELDS}`);
      }
      if (depth === 1) checkCount('root fields', MOST_ROOT_FIELDS, found.length);
      checkCount('aliases', MOST_ALIASES, found.filter(({ alias }) => alias).length);
      for (const { selectionSet } of found) {
        if (selectionSet) levels.push({ selections: selectionSet, depth: depth + 1 });
      }
    }
  }
}

function checkCount(what: string, limit: number, count: number): void {
  if (count > limit) {
    throw new GraphQLError(`GraphQL queries should have at most ${limit} ${what}, got ${count} ${what}.`);
  }
}

/** The fields of one level, those of its fragments among them; a fragment counts once, so that one in itself ends. */
function fieldsOf(
  set: SelectionSetNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): FieldNode[] {
  const fields: FieldNode[] = [];
  const seen = new Set<string>();
  const waiting = [set];
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    for (const one of next.selections) {
      if (one.kind === Kind.FIELD) fields.push(one);
      else if (one.kind === Kind.INLINE_FRAGMENT) waiting.push(one.selectionSet);
      else if (seen.size !== seen.add(one.name.value).size) {
        const fragment = fragments.get(one.name.value);
        if (fragment) waiting.push(fragment.selectionSet);
      }
    }
  }
  return fields;
}
