/** The client's files, as the build left them: read once, compressed once. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { Context } from 'hono';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

interface PageFile {
  readonly type: string;
  readonly tag: string;
  readonly bodies: Readonly<Record<'br' | 'gzip' | 'identity', Uint8Array<ArrayBuffer>>>;
}

/** Answers with a file by its path beneath the folder; undefined when there is none. */
export type PageFiles = (context: Context, path: string) => Response | undefined;

/** @throws Error when the client has not been built */
export function pageFiles(folder: string): PageFiles {
  const files = new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && TYPES[extname(entry.name)] !== undefined)
      .map((entry) => {
        const path = join(entry.parentPath, entry.name);
        return [path.slice(folder.length).replace(/^[/\\]/, ''), read(path)] as const;
      }),
  );
  return (context, path) => {
    const file = files.get(path);
    if (file === undefined) return undefined;
    const { type, tag, bodies } = file;
    // Names beneath assets/ hold a digest of what is in them.
    context.header('Cache-Control', path.startsWith('assets/') ? 'max-age=31536000, immutable' : 'no-cache');
    context.header('ETag', tag);
    context.header('Vary', 'Accept-Encoding');
    if (context.req.header('if-none-match') === tag) return context.body(null, 304);
    const accepted = context.req.header('accept-encoding') ?? '';
    const encoding = (['br', 'gzip'] as const).find((one) => new RegExp(`\\b${one}\\b`).test(accepted));
    if (encoding) context.header('Content-Encoding', encoding);
    return context.body(bodies[encoding ?? 'identity'], 200, { 'Content-Type': type });
  };
}

function read(path: string): PageFile {
  const content = readFileSync(path);
  return {
    type: TYPES[extname(path)]!,
    tag: `"${createHash('sha256').update(content).digest('hex').slice(0, 24)}"`,
    bodies: {
      br: new Uint8Array(brotliCompressSync(content)),
      gzip: new Uint8Array(gzipSync(content, { level: 9 })),
      identity: new Uint8Array(content),
    },
  };
}
