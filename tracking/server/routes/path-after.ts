/** The paths of artifacts, as they came. */
import type { Context } from 'hono';
import { invalid } from '../errors.js';

/** The rest of the request's path, decoded once. */
export function pathAfter(context: Context, start: string): string {
  const { pathname } = new URL(context.req.url);
  const raw = rawPath(context) ?? pathname;
  // Spelled otherwise (`/x/../api`, `/%61pi`), the route's own part has another length: nothing after it is certain.
  if (!raw.startsWith(`${start}/`)) throw invalid('Invalid path');
  const encoded = raw.slice(start.length + 1);
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw invalid('Invalid path');
  }
}

/**
 * As it came over the wire: a URL object would already have resolved `..`, and hidden the attempt. Proxies may ask
 * with the whole address (`PUT http://host/api/… HTTP/1.1`); the path is what follows the host.
 */
function rawPath(context: Context): string | undefined {
  const incoming = (context.env as { incoming?: { url?: string } } | undefined)?.incoming;
  return incoming?.url?.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '').split('?')[0];
}
