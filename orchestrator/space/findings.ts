/** zod's issues as sentences: what is wrong, and what the schema would accept in that place. */
import leven from 'leven';
import { z } from 'zod';
import { scalarOf } from './axis.js';
import type { Finding, Path } from './issues.js';
import { formatPath, remedyOf, showValue, valueAt } from './issues.js';
import { modelNameTrouble } from './model-name.js';
import { PARAMETERS } from './parameters.js';
import { GROUPS } from './schema.js';

/** What the schema finds wrong with a document. */
export function schemaFindings(schema: z.ZodType, document: unknown): Finding[] {
  const result = schema.safeParse(document);
  if (result.success) return [];
  const findings = result.error.issues.flatMap((issue) => explain(issue, [], schema, document));
  // One message a field: a minimum of 0 is out of range, and that a log scale has no 0 adds nothing.
  return [...new Map(findings.toReversed().map((one) => [formatPath(one.path), one])).values()].reverse();
}

function explain(issue: z.core.$ZodIssue, base: Path, schema: z.ZodType, document: unknown): Finding[] {
  const path = [...base, ...issue.path];
  const value = valueAt(document, path);
  if (issue.code === 'invalid_union') {
    // The union is an axis; its options are scalar, list, range. Only one is what the writer meant.
    if (issue.discriminator !== undefined) return [unknownKind(path, value)];
    const meant = Array.isArray(value) ? 1 : isMapping(value) ? 2 : 0;
    const inner = issue.errors[meant];
    if (inner !== undefined) return inner.flatMap((one) => explain(one, path, schema, document));
  }
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...path, key], schemaAt(schema, path, document)));
  const expected = schemaAt(schema, path, document);
  return [{ path, value, ...sentence(issue, path, value, expected, document) }];
}

type Sentence = Pick<Finding, 'what' | 'remedy'>;

function sentence(
  issue: z.core.$ZodIssue,
  path: Path,
  value: unknown,
  expected: z.ZodType | undefined,
  document: unknown,
): Sentence {
  const accepted = describe(expected);
  const give = `give ${accepted}`;
  if (value === undefined) return { what: 'is missing', remedy: `add it: ${accepted}` };
  if (value === null)
    return { what: 'has no value', remedy: expectsMapping(expected) ? 'write {} for all defaults' : give };
  if (typeof value === 'number' && !Number.isFinite(value))
    return { what: 'is not a finite number', remedy: give };
  switch (issue.code) {
    case 'custom':
      return { what: issue.message, remedy: remedyOf(issue) };
    case 'too_small':
    case 'too_big':
      if (Array.isArray(value))
        return value.length === 0
          ? {
              what: 'is an empty list',
              remedy: 'list at least one value, or remove the line for the default',
            }
          : {
              what: `lists ${value.length} values`,
              remedy: `list at most ${String(issue.code === 'too_big' && issue.maximum)}`,
            };
      if (typeof value === 'string')
        return issue.code === 'too_small'
          ? { what: 'is empty', remedy: give }
          : { what: `is ${value.length} characters long`, remedy: `use at most ${issue.maximum}` };
      return { what: 'is out of range', remedy: give };
    case 'invalid_format':
      return (
        (path.at(-1) === 'registered_model' ? modelNameTrouble(String(value).trim()) : undefined) ?? {
          what: 'has a character that is not allowed',
          remedy: 'use a name without control characters and halves of surrogate pairs',
        }
      );
    case 'invalid_value': {
      const near = typeof value === 'string' ? nearest(value, issue.values.map(String)) : undefined;
      return {
        what: `is not a known ${String(path.at(-1))}`,
        remedy: didYouMean(near, issue.values.map(String)),
      };
    }
    default:
      return wrongType(path, value, expected, document);
  }
}

function wrongType(path: Path, value: unknown, expected: z.ZodType | undefined, document: unknown): Sentence {
  const type = typeOf(expected);
  const accepted = describe(expected);
  const list = typeof path.at(-1) === 'number' ? valueAt(document, path.slice(0, -1)) : undefined;
  if (Array.isArray(value) && Array.isArray(list))
    return { what: 'is a list inside a list', remedy: 'write one flat list' };
  if (typeof value === 'number' && type === 'integer')
    return { what: 'is not a whole number', remedy: `give ${accepted}` };
  const mixed = Array.isArray(list) && list.some((entry) => typeof entry !== typeof value);
  const what = `is ${kindOf(value)}, not ${NOUNS[type] ?? 'what belongs here'}${mixed ? ', in a list of mixed types' : ''}`;
  if (typeof value === 'string') {
    const numeric = value.trim() !== '' && Number.isFinite(Number(value));
    if (numeric && (type === 'number' || type === 'integer'))
      return { what, remedy: `write ${value.trim()} without quotes` };
    if (type === 'boolean' && /^(yes|no|on|off|true|false)$/i.test(value))
      return { what, remedy: `write ${/^(yes|on|true)$/i.test(value) ? 'true' : 'false'}, without quotes` };
  }
  if (
    type === 'string' &&
    !hasExamples(expected) &&
    (typeof value === 'number' || typeof value === 'boolean')
  )
    return { what, remedy: `put it in quotes: "${value}"` };
  if (path[1] === 'configurations' && path.length > 3 && typeof value === 'object')
    return { what, remedy: `give ${accepted}: a listed configuration has one value of each parameter` };
  if (isMapping(value) && ('min' in value || 'max' in value))
    return { what, remedy: `only numeric parameters have ranges: give ${accepted}` };
  if (Array.isArray(value) && type !== 'object' && path[0] !== 'models' && path[0] !== 'training')
    return { what, remedy: `give ${accepted}; only fields of models and training can be searched` };
  return { what, remedy: `give ${accepted}` };
}

/** A configuration of a list whose model is none that there is. */
function unknownKind(path: Path, value: unknown): Finding {
  const kinds = Object.keys(PARAMETERS.kinds);
  const near = typeof value === 'string' ? nearest(value, kinds) : undefined;
  return value === undefined
    ? { path, what: 'is missing', value, remedy: `add it: one of ${kinds.join(', ')}` }
    : { path, what: 'is not a known model kind', value, remedy: didYouMean(near, kinds) };
}

function unknownKey(path: Path, parent: z.ZodType | undefined): Finding {
  const key = String(path.at(-1));
  // A mapping where an axis belongs is a range.
  const mapping = parent instanceof z.ZodUnion ? parent.options[2] : parent;
  const known = mapping instanceof z.ZodObject ? Object.keys(mapping.shape) : [];
  const group = Object.entries(GROUPS).find(
    ([name, names]) => names.includes(key) && known.includes(name),
  )?.[0];
  const kind = path.length === 2 && path[0] === 'models';
  return {
    path,
    atKey: true,
    what: `unknown ${kind ? 'model kind' : 'key'} ${showValue(key)}`,
    remedy: group ? `write ${group}: { ${key}: … }` : didYouMean(nearest(key, known), known),
  };
}

function didYouMean(near: string | undefined, known: readonly string[]): string {
  const all = `one of ${known.join(', ')}`;
  return near === undefined ? `use ${all}` : `did you mean ${near}? It is ${all}`;
}

/** The known word that a typing error of a few letters would turn into this one. */
function nearest(word: string, known: readonly string[]): string | undefined {
  const normal = word.toLowerCase().replaceAll(/[-\s]/g, '_').slice(0, 100);
  const [best] = known
    .map((candidate) => ({ candidate, distance: leven(normal, candidate) }))
    .sort((a, b) => a.distance - b.distance);
  const tolerance = Math.max(2, Math.ceil(normal.length / 3));
  if (best !== undefined && best.distance <= tolerance) return best.candidate;
  // `f1` for f1_macro, `vocabulary` for vocabulary_size.
  return normal.length > 1 ? known.find((candidate) => candidate.startsWith(normal)) : undefined;
}

/** The schema that governs a place in the document; of an axis, the option that the document chose. */
function schemaAt(schema: z.ZodType, path: Path, document: unknown): z.ZodType | undefined {
  let at: z.ZodType | undefined = unwrap(schema);
  let value = document;
  for (const step of path) {
    if (at instanceof z.ZodDiscriminatedUnion) at = kindsOption(at, value);
    else if (at instanceof z.ZodUnion) at = at.options[Array.isArray(value) ? 1 : 2] as z.ZodType | undefined;
    if (at instanceof z.ZodArray) at = unwrap(at.element as z.ZodType);
    else if (at instanceof z.ZodObject && Object.hasOwn(at.shape, step))
      at = unwrap(at.shape[String(step)] as z.ZodType);
    else return undefined;
    value = valueAt(value, [step]);
  }
  return at instanceof z.ZodDiscriminatedUnion ? kindsOption(at, value) : at;
}

/** The schema of the kind that a configuration of a list is of. */
function kindsOption(union: z.ZodDiscriminatedUnion, value: unknown): z.ZodType | undefined {
  const options = union.options as readonly z.ZodObject[];
  const model = valueAt(value, ['model']);
  return options.find(({ shape }) => z.safeParse(shape.model!, model).success) ?? options[0];
}

function unwrap(schema: z.ZodType): z.ZodType {
  const inner = schema instanceof z.ZodPrefault ? (schema.unwrap() as z.ZodType) : scalarOf(schema);
  return inner === schema ? schema : unwrap(inner);
}

const NOUNS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  array: 'a list',
};

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (isMapping(value)) return 'a mapping';
  if (typeof value === 'boolean') return 'true or false';
  return NOUNS[typeof value] ?? `a ${typeof value}`;
}

function isMapping(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function expectsMapping(schema: z.ZodType | undefined): boolean {
  return schema instanceof z.ZodObject;
}

/** Whether a text is one of a kind, which quotes alone don't make of a number. */
const hasExamples = (schema: z.ZodType | undefined): boolean =>
  schema !== undefined && z.toJSONSchema(schema, { io: 'input' }).examples !== undefined;

function typeOf(schema: z.ZodType | undefined): string {
  if (schema === undefined) return '';
  return schema instanceof z.ZodUnion
    ? typeOf(schema.options[0] as z.ZodType)
    : String(z.toJSONSchema(schema, { io: 'input' }).type);
}

/** What a schema accepts, in words: `a whole number from 1 to 1024`. */
function describe(schema: z.ZodType | undefined): string {
  if (schema === undefined) return 'another value';
  if (schema instanceof z.ZodUnion) return describe(schema.options[0] as z.ZodType);
  if (schema instanceof z.ZodObject) return `a mapping with ${Object.keys(schema.shape).join(', ')}`;
  const json = z.toJSONSchema(schema, { io: 'input' });
  if (json.enum !== undefined) return `one of ${json.enum.join(', ')}`;
  const noun = NOUNS[String(json.type)] ?? 'a value';
  if (json.examples !== undefined) return `${noun} such as ${json.examples.join(', ')}`;
  const bounds = [
    json.exclusiveMinimum !== undefined && `above ${json.exclusiveMinimum}`,
    json.minimum !== undefined && json.minimum > Number.MIN_SAFE_INTEGER && `from ${json.minimum}`,
    json.exclusiveMaximum !== undefined && `below ${json.exclusiveMaximum}`,
    json.maximum !== undefined && json.maximum < Number.MAX_SAFE_INTEGER && `up to ${json.maximum}`,
  ].filter((bound) => bound !== false);
  return [noun, bounds.join(' and ')]
    .join(' ')
    .trim()
    .replace(/^(.* from \S+) and up to/, '$1 to');
}
