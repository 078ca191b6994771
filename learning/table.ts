/** Tables of what there is: dataset sources, formats, splits, metrics, tokenizers, features, model kinds. */

/**
 * The entry of that name.
 *
 * @param what - What the entries are, for the message: `model kind`.
 * @throws Error when there is none; the message names those there are.
 */
export function entryOf<Entry>(table: Readonly<Record<string, Entry>>, what: string, name: string): Entry {
  const entry = Object.hasOwn(table, name) ? table[name] : undefined;
  if (entry === undefined)
    throw new Error(`No ${what} "${name}"; there are ${Object.keys(table).join(', ')}.`);
  return entry;
}

/** The names of a table, typed and in the shape that `z.enum` wants. */
export function namesOf<Name extends string>(table: Readonly<Record<Name, unknown>>): [Name, ...Name[]] {
  return Object.keys(table) as [Name, ...Name[]];
}
