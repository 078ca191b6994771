/** A file of a run, to be downloaded or to be looked at by the page itself: never as a page of its own. */
import { extname, posix } from 'node:path';
import type { TrackingClient } from '../../../tracking/client/index.js';
import { readRunFile } from '../../results/index.js';

/** Larger files are for MLflow's client, which writes them to a disk. */
const MOST_BYTES = 64 * 1024 * 1024;

/** What a browser must know of a picture to show it; everything else is bytes to it. */
const TYPES: Readonly<Record<string, string>> = {
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
};

/**
 * Whatever a run logged may be hostile: opened by its address, the file is saved and not shown; nothing in it is run or fetched.
 *
 * @throws TrackingError, when there is no such file or it is too large
 */
export async function artifactAnswer(client: TrackingClient, runId: string, path: string): Promise<Response> {
  const content = await readRunFile(client, runId, path, MOST_BYTES);
  return attachment(posix.basename(path), content);
}

/** A file that a browser saves under this name, and shows or runs under no circumstances. */
export function attachment(file: string, content: Buffer): Response {
  const name = file.replaceAll(/[^\w.-]/g, '_');
  return new Response(new Uint8Array(content), {
    headers: {
      'Content-Type': TYPES[extname(name).toLowerCase()] ?? 'application/octet-stream',
      'Content-Disposition': `attachment; filename="${name}"`,
      'Content-Security-Policy': "sandbox; default-src 'none'; style-src 'unsafe-inline'",
      'X-Content-Type-Options': 'nosniff',
      'Cache-Control': 'no-store',
    },
  });
}
