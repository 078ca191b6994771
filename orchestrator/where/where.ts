/** Texts of constraints as one question about a configuration. */
import {
  type Environment,
  EvaluationError,
  ParseError,
  type TypeError as TypeTrouble,
} from '@marcbachmann/cel-js';
import { environmentOf, namesIn, type ValueType, type Variables } from './language.js';

type Value = number | string | boolean;

/** What is asked about: a model kind, and a value of each of its parameters. */
export interface Asked {
  readonly model: string;
  readonly parameters: Readonly<Record<string, Value>>;
}

/** All constraints of a space. */
export interface Where {
  /**
   * Whether a configuration satisfies them. One that names a kind is asked of configurations of that kind only.
   *
   * @throws Error when a constraint has no answer: it reads a parameter that this configuration is without, say
   */
  satisfies(configuration: Asked): boolean;
  /** Parameters of a kind that they read: what hangs on the others is nothing. */
  reads(model: string): ReadonlySet<string>;
}

/** What is wrong with a text, and where in it, in characters. */
export interface Trouble {
  readonly index: number;
  readonly what: string;
  readonly remedy: string;
  readonly offset?: number;
}

/** What constraints need of a space. */
type Models = readonly {
  readonly model: string;
  readonly axes: readonly { readonly parameter: string; readonly values: readonly Value[] }[];
}[];

const EXAMPLE = 'lstm.units * lstm.layers <= 256';

/** All that is wrong with texts before any configuration is looked at. */
export function whereTroubles(texts: readonly string[], models: Models): Trouble[] {
  const variables = variablesOf(models);
  const environment = environmentOf(variables);
  return texts.flatMap((text, index) => {
    const read = readText(text, variables, environment);
    return 'what' in read ? [{ index, ...read }] : [];
  });
}

/**
 * The constraints of a space.
 *
 * @throws Error when a text is not one
 */
export function whereOf(texts: readonly string[], models: Models): Where {
  const variables = variablesOf(models);
  const environment = environmentOf(variables);
  const all = texts.map((text) => {
    const read = readText(text, variables, environment);
    if ('what' in read) throw new Error(`where: "${text}" ${read.what}`);
    return read;
  });
  return {
    satisfies: ({ model, parameters }) => all.every(({ kind, ask }) => kind !== model || ask(parameters)),
    reads: (model) => new Set(all.filter(({ kind }) => kind === model).flatMap(({ reads }) => [...reads])),
  };
}

function variablesOf(models: Models): Variables {
  const all: Record<string, Record<string, ValueType>> = {};
  for (const { model, axes } of models) {
    all[model] ??= {};
    for (const { parameter, values } of axes) all[model][parameter] = typeOf(values[0]!);
  }
  return all;
}

function typeOf(value: Value): ValueType {
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' ? 'double' : 'string';
}

interface Read {
  readonly kind: string;
  readonly reads: ReadonlySet<string>;
  readonly ask: (parameters: Asked['parameters']) => boolean;
}

function readText(
  text: string,
  variables: Variables,
  environment: Environment,
): Read | Omit<Trouble, 'index'> {
  try {
    const parsed = environment.parse(text);
    const names = namesIn(parsed.ast);
    if (names.refused !== undefined) {
      const what = `calls ${String([names.refused.args].flat()[0])}, which constraints can't`;
      const remedy = 'use comparisons, arithmetic, &&, ||, !, in and ?:';
      return { what, remedy, offset: names.refused.range.start };
    }
    const { valid, type = 'dyn', error } = parsed.check();
    if (!valid && error !== undefined) return explained(error, text, variables);
    if (type !== 'bool' && type !== 'dyn')
      return { what: 'is not true or false', remedy: `compare it with something: ${EXAMPLE}` };
    if (names.whole !== undefined) {
      const what = `reads ${String(names.whole.args)} as a whole`;
      return { what, remedy: `name a parameter, as in ${EXAMPLE}`, offset: names.whole.range.start };
    }
    const kinds = [...names.fields.keys()];
    const [kind, other] = kinds;
    if (kind === undefined)
      return { what: 'names no parameter', remedy: `name one by its kind, as in ${EXAMPLE}` };
    if (other !== undefined)
      return {
        what: `names ${kinds.join(' and ')}, and a configuration is of one kind`,
        remedy: 'write a constraint for each',
      };
    const reads = names.fields.get(kind)!;
    return { kind, reads, ask: (parameters) => answer(() => parsed({ [kind]: parameters }), text) };
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    return explained(error, text, variables);
  }
}

function answer(ask: () => unknown, text: string): boolean {
  try {
    const value = ask();
    if (typeof value === 'boolean') return value;
  } catch (error) {
    const why = error instanceof EvaluationError ? error.summary : String(error);
    throw new Error(`"${text}" has no answer: ${why}`);
  }
  throw new Error(`"${text}" is not true or false`);
}

/** An error of the language in our words, where we have some. */
function explained(
  error: ParseError | TypeTrouble,
  text: string,
  variables: Variables,
): Omit<Trouble, 'index'> {
  const start = error.range?.start;
  const at = start === undefined ? {} : { offset: start };
  const name = text.slice(start, error.range?.end);
  if (error.code === 'unknown_variable')
    return {
      what: `names ${name}, which is no model kind of this search`,
      remedy: `use one of ${Object.keys(variables).join(', ')}`,
      ...at,
    };
  const kind = /([A-Za-z_]\w*)\s*\.\s*$/.exec(text.slice(0, start))?.[1] ?? '';
  if (error.code === 'no_such_key' && Object.hasOwn(variables, kind))
    return {
      what: `names ${name}, which is no parameter of ${kind}`,
      remedy: `use one of ${Object.keys(variables[kind]!).join(', ')}`,
      ...at,
    };
  return {
    what: `is no constraint: ${error.summary}`,
    remedy: `write it as in ${EXAMPLE}; numbers of a list are all whole or all with a point`,
    ...at,
  };
}
