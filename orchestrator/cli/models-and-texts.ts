/**
 * Which arguments of `predict` are models and which are texts. The first is a model. With `--`, `--file` or a last `-` nothing is
 * in doubt: all arguments before are models. Otherwise further models are those at the front that name a version of a registered
 * model with @ or /: any other argument, and all that follow it, are texts, as they always were.
 */
import { InputError, type ModelReference, modelReference } from '../app/index.js';

/** As the command line gave it. */
export interface Given {
  /** Models and texts, without `--`. */
  readonly args: readonly string[];
  /** How many of them stood behind `--`; undefined without one. */
  readonly literal: number | undefined;
  readonly file: string | undefined;
}

export interface ModelsAndTexts {
  readonly models: readonly ModelReference[];
  /** Texts; or the file they are in, `-` for standard input. */
  readonly texts: readonly string[] | { readonly file: string };
  /** What may be read otherwise than it was meant. */
  readonly notes: readonly string[];
}

/** Each needs its own network in memory and its own column. */
const MOST_MODELS = 10;

/**
 * @param registered - Names of the models that there are.
 * @throws InputError that says which argument is wrong
 */
export function modelsAndTexts(given: Given, registered: readonly string[]): ModelsAndTexts {
  const read = certain(given, registered) ?? guessed(given.args, registered);
  if (read.models.length > MOST_MODELS) {
    throw new InputError(`there are ${read.models.length} models; give at most ${MOST_MODELS} at a time`);
  }
  if (Array.isArray(read.texts) && read.texts.length === 0) {
    throw new InputError('there is no text; give texts, --file with a file of them, or - for standard input');
  }
  return read;
}

/** @returns undefined when nothing tells where the models end */
function certain({ args, literal, file }: Given, registered: readonly string[]): ModelsAndTexts | undefined {
  const piped = literal === undefined && args.length > 1 && args.at(-1) === '-';
  if (file !== undefined && (piped || (literal ?? 0) > 0)) {
    throw new InputError(`there are texts and --file ${file}; give one of the two`);
  }
  const [source, trouble] =
    file !== undefined
      ? [{ file }, `so there are texts and --file ${file}; give one of the two`]
      : piped
        ? [{ file: '-' }, 'and texts come from standard input (-); a text that is a - goes after --']
        : [undefined, 'and stands before --, where models stand; texts go after it'];
  if (source === undefined && literal === undefined) return undefined;
  const before = args.slice(0, args.length - (piped ? 1 : (literal ?? 0)));
  const models = before.map((arg, i) => {
    // The first is looked up with the others' names beside it.
    if (i > 0 && !registered.includes(nameIn(arg))) {
      throw new InputError(`"${arg}" names no registered model, ${trouble}`);
    }
    return modelReference(arg);
  });
  if (models.length === 0)
    throw new InputError('there is no model before --; write NAME, NAME@alias or NAME/version');
  return { models, texts: source ?? args.slice(before.length), notes: [] };
}

const nameIn = (reference: string): string => reference.split(/[@/]/, 1)[0]!;

function guessed([first = '', ...rest]: readonly string[], registered: readonly string[]): ModelsAndTexts {
  const isVersion = (arg: string): boolean =>
    /^[^@/:]+[@/][^@/]+$/.test(arg) && registered.includes(nameIn(arg));
  const end = rest.findIndex((arg) => !isVersion(arg));
  const further = end === -1 ? rest : rest.slice(0, end);
  const texts = rest.slice(further.length);
  return {
    models: [first, ...further].map(modelReference),
    texts,
    notes: texts.slice(0, 1).flatMap((text) => doubt(text, registered)),
  };
}

/** A first text that may have been meant for a model. */
function doubt(text: string, registered: readonly string[]): string[] {
  if (registered.includes(text)) {
    return [`${text} is taken for a text: the model of that name is ${text}@champion`];
  }
  const looksLikeOne = /^[^\s@/:]+(?:@[\w.-]+|\/\d+)$/.test(text);
  return looksLikeOne ? [`${text} is taken for a text: there is no model of that name`] : [];
}
