/** What may name a registered model, wherever a name is taken: else a search trains everything, and fails at the end. */

/** The registry's column holds so many. */
export const MAX_MODEL_NAME = 256;

/**
 * MLflow refuses `/`, `:`, `.` and `..`. An `@` would begin an alias, a `-` an option, a `'` ends a value in filters, and no
 * control character or half of a surrogate pair is ever written back as it was read.
 */
export const MODEL_NAME = /^(?!-|\.{1,2}$)[^/:@'\p{Cc}\p{Cs}]*$/u;

const FORBIDDEN = "/, :, @, ', control characters and halves of surrogate pairs";

/** What is wrong with a name, and what would be right; undefined when nothing is. */
export function modelNameTrouble(name: string): { what: string; remedy: string } | undefined {
  if (name.trim() === '') return { what: 'is empty', remedy: 'give a name' };
  if (name.length > MAX_MODEL_NAME)
    return { what: `is ${name.length} characters long`, remedy: `use at most ${MAX_MODEL_NAME}` };
  if (MODEL_NAME.test(name)) return undefined;
  if (name.startsWith('-'))
    return { what: 'begins with -, as options do', remedy: 'begin with a letter or a digit' };
  if (/^\.+$/.test(name)) return { what: 'is a folder, not a name', remedy: 'add a letter' };
  return { what: 'has a character that is not allowed', remedy: `use a name without ${FORBIDDEN}` };
}
