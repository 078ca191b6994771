/** How a download is named and typed. Always as an attachment: a page of this origin must never come out of an artifact. */
import { getMimeType } from 'hono/utils/mime';

/** What MLflow shows as text, whatever its registered media type. */
const TEXTS = new Set(
  'txt log err cfg conf cnf cf ini properties prop hocon toml yaml yml xml json js py py3 csv tsv md rst ipynb MLmodel mlproject'.split(
    ' ',
  ),
);

/** The media type of a file, by its name. */
export function mediaType(name: string): string {
  const extension = name.slice(name.lastIndexOf('.') + 1);
  if (TEXTS.has(extension)) return 'text/plain';
  return getMimeType(name)?.split(';')[0] ?? 'application/octet-stream';
}

/**
 * The `Content-Disposition` that saves a file under its own name. Header values are ASCII: other names come percent-encoded
 * (RFC 5987), with what is ASCII of them for clients that read the plain form only, as curl does.
 */
export function attachment(name: string): string {
  const ascii = name.normalize('NFKD').replace(/[^\x20-\x7e]/g, '');
  if (ascii === name) return `attachment; filename=${quoted(name)}`;
  return `attachment; filename=${quoted(ascii || 'download')}; filename*=UTF-8''${encoded(name)}`;
}

const quoted = (value: string): string =>
  /^[\w!#$%&'*+.^`|~-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`;

const encoded = (value: string): string =>
  encodeURIComponent(value).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);
