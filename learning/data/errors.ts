/** What went wrong with a dataset, in one line that says where and what to do. */

/** The user's data can't be used; `message` is one line naming file, line, column, value and remedy where known. */
export class DatasetError extends Error {
  override readonly name = 'DatasetError';
}

/** A value as it may stand in an error message: one line, quoted, cut to a glance. */
export function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : json(value);
  const cut = Array.from(text.slice(0, 100)).slice(0, 40).join('');
  return JSON.stringify(cut.length < text.length ? `${cut}…` : cut);
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return 'nested too deeply to be shown';
  }
}

/** Names to choose from: `csv, tsv or jsonl`. */
export function anyOf(names: readonly string[]): string {
  return [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');
}

/** Why a file can't be read, in plain words. */
export function unreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS[code] ?? `cannot be read: ${error instanceof Error ? error.message : String(error)}`;
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'no such file',
  ENOTDIR: 'no such file',
  EACCES: 'no permission to read it',
  EPERM: 'no permission to read it',
  ELOOP: 'a loop of symbolic links',
  ENAMETOOLONG: 'a path too long for this system',
};

/** Names as a list for an error message, the first ten. */
export function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).map(quoted).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
