/** Who may talk to a server at all: checked before anything of a request is read. */
import type { MiddlewareHandler } from 'hono';
import { authentication, type Credentials } from './auth.js';
import { Refusal } from './errors.js';
import { serverNames } from './hosts.js';

export interface GateOptions {
  /** Names, with or without port, beside loopback and this machine's addresses. @defaultValue none */
  allowedHosts?: readonly string[];
  /** @defaultValue none: everybody who reaches the server may use it */
  credentials?: Credentials;
  /** Paths for probes: answered under any Host and without credentials. @defaultValue none */
  openPaths?: readonly string[];
}

/**
 * Lets in what names this server, comes from no page of another site, and brings the credentials asked for.
 *
 * The Host is checked against DNS rebinding: a page on a name that an attacker points at 127.0.0.1 reaches this server,
 * but its browser still sends that name. Origin and `Sec-Fetch-Site` tell which page made a request; programs send
 * neither, and pass. A page of another port or subdomain counts as another site: nothing here is made for one.
 *
 * @throws Refusal `host`, `origin` or `credentials`
 * @example app.use(gate({ allowedHosts: ['tracking.example'], credentials: { token } }));
 */
export function gate({
  allowedHosts = [],
  credentials = {},
  openPaths = [],
}: GateOptions): MiddlewareHandler {
  const isOurs = serverNames(allowedHosts);
  const isAuthentic = authentication(credentials);
  return async (context, next) => {
    const { req } = context;
    // Set before the answer exists: on one that does, each would copy all of it.
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('X-Frame-Options', 'SAMEORIGIN');

    const isOpen = openPaths.includes(req.path);
    const host = req.header('host') ?? '';
    if (!isOpen && !isOurs(host)) {
      throw new Refusal(
        'host',
        `Host ${JSON.stringify(host.slice(0, 100))} is not one of this server's names; allow it when the server is started`,
      );
    }
    const origin = req.header('origin');
    const site = req.header('sec-fetch-site')?.trim().toLowerCase();
    const isForeign = site !== undefined && site !== 'same-origin' && site !== 'none';
    if (isForeign || (origin !== undefined && !isOwnOrigin(origin, isOurs))) {
      throw new Refusal('origin', 'Requests from pages of other sites are refused');
    }
    if (!isOpen && !isAuthentic(req.header('authorization'))) {
      throw new Refusal('credentials', 'You are not authenticated');
    }
    return next();
  };
}

function isOwnOrigin(origin: string, isOurs: (authority: string) => boolean): boolean {
  const authority = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
  return authority !== undefined && isOurs(authority);
}
