/** What went wrong with a dataset, in one line that says where and what to do. */

/** The user's data can't be used; `message` is one line naming file, line, column, value and remedy where known. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** A value as it may stand in an error message: one line, quoted, cut to a glance. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  const cut = Array.from(text.slice(0, 100)).slice(0, 40).join('');
  return JSON.stringify(cut.length < text.length ? `${cut}…` : cut);
}

/** Names as a list for an error message, the first ten. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quoted).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
