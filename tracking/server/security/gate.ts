/** Who may talk to the server at all: checked before anything of a request is read. */
import { createHash, timingSafeEqual } from 'node:crypto';
import { isIP } from 'node:net';
import type { MiddlewareHandler } from 'hono';
import { ApiError } from '../errors.js';

export interface Credentials {
  token?: string;
  username?: string;
  password?: string;
}

const OPEN_PATHS = new Set(['/health', '/version']);
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/** The host of a Host or Origin header, without port, lower case. */
const hostName = (authority: string): string => authority.toLowerCase().replace(/:\d+$/, '');

/**
 * Refuses requests that name another host, against DNS rebinding: a page on a name that an attacker points at
 * 127.0.0.1 reaches this server, but its browser still sends that name. An address can't be pointed elsewhere, so
 * one in the header is proof that the caller meant this server.
 *
 * @example app.use(hostGate(['tracking.example']))
 */
export function hostGate(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = allowedList(allowedHosts);
  return async (context, next) => {
    const host = context.req.header('host') ?? '';
    if (!OPEN_PATHS.has(context.req.path) && !allowed(host) && !isAddress(host)) {
      return context.text('Invalid Host header - possible DNS rebinding attack detected', 403);
    }
    return next();
  };
}

/** Refuses requests that a page of another site makes. Programs send no Origin, and pass. */
export function originGate(allowedHosts: readonly string[]): MiddlewareHandler {
  const allowed = allowedList(allowedHosts);
  return async (context, next) => {
    const origin = context.req.header('origin');
    if (origin !== undefined) {
      const authority = /^https?:\/\/([^/]+)$/i.exec(origin)?.[1];
      const own = authority?.toLowerCase() === context.req.header('host')?.toLowerCase();
      if (authority === undefined || !(own || allowed(authority)))
        return context.text('Cross-origin request blocked', 403);
    }
    if (context.req.header('sec-fetch-site') === 'cross-site')
      return context.text('Cross-origin request blocked', 403);
    // Set before the answer exists: on one that does, each would copy all of it.
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('X-Frame-Options', 'SAMEORIGIN');
    return next();
  };
}

const isAddress = (authority: string): boolean => isIP(hostName(authority).replace(/^\[(.*)\]$/, '$1')) !== 0;

const allowedList = (hosts: readonly string[]) => {
  const names = new Set([...LOOPBACK, ...hosts.map((host) => host.toLowerCase())]);
  return (authority: string): boolean => names.has(authority.toLowerCase()) || names.has(hostName(authority));
};

/**
 * Asks for a bearer token or a user's password, as MLflow's clients send them.
 * Digests are compared, not the texts: equal lengths, in a time that tells nothing.
 */
export function authGate(credentials: Credentials): MiddlewareHandler {
  const accepted: Buffer[] = [];
  if (credentials.token) accepted.push(digest(`Bearer ${credentials.token}`));
  if (credentials.username && credentials.password) {
    const pair = Buffer.from(`${credentials.username}:${credentials.password}`).toString('base64');
    accepted.push(digest(`Basic ${pair}`));
  }
  return async (context, next) => {
    if (accepted.length === 0 || OPEN_PATHS.has(context.req.path)) return next();
    const sent = digest(context.req.header('authorization') ?? '');
    // Every one is compared, so that the time does not tell which kind of credential came close.
    const matches = accepted.map((one) => timingSafeEqual(one, sent));
    if (matches.includes(true)) return next();
    context.header('WWW-Authenticate', 'Basic realm="mlflow"');
    const error = new ApiError(
      'UNAUTHENTICATED',
      'You are not authenticated. Please set MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN.',
    );
    return context.json({ error_code: error.code, message: error.message }, error.status);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
