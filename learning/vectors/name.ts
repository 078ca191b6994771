/** What `embeddings` can say: learned, a name, or a file. */
import { NAMED_VECTORS } from './table.js';

/** No vectors: all are drawn and learned. */
export const LEARNED = 'learned';
const FILE = 'file:';
const DIGEST = /#([0-9a-f]{64})$/;

export type VectorsName =
  | { readonly kind: 'learned' }
  | { readonly kind: 'named'; readonly name: string }
  /** `sha256` is there once the file was read: a search goes by its content, whatever happens to the file. */
  | { readonly kind: 'file'; readonly path: string; readonly sha256?: string };

/** Undefined for what is none of these. */
export function vectorsName(value: string): VectorsName | undefined {
  if (value === LEARNED) return { kind: 'learned' };
  if (Object.hasOwn(NAMED_VECTORS, value)) return { kind: 'named', name: value };
  if (!value.startsWith(FILE)) return undefined;
  const sha256 = DIGEST.exec(value)?.[1];
  const path = value.slice(FILE.length).replace(DIGEST, '').trim();
  return path === '' ? undefined : { kind: 'file', path, ...(sha256 !== undefined && { sha256 }) };
}

/** As a configuration holds a file. */
export const fileName = (path: string, sha256: string): string => `${FILE}${path}#${sha256}`;
