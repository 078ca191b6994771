/** Authentication with a bearer token or with a user's name and password. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Either of them lets a request in; without any, every request is. */
export interface Credentials {
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
}

/**
 * Which part is lacking: an empty value, a name without a password, or the reverse. Half of a login would leave a
 * server open that was meant to be closed.
 */
export function missingCredential({ token, username, password }: Credentials): keyof Credentials | undefined {
  if (token === '') return 'token';
  if (username === undefined && password === undefined) return undefined;
  if (!username) return 'username';
  return password ? undefined : 'password';
}

/**
 * Tells whether an `Authorization` header lets its request in.
 * Digests are compared, not the texts: equal lengths, in a time that tells nothing.
 *
 * @throws Error for credentials that lack a part
 */
export function authentication(credentials: Credentials): (authorization: string | undefined) => boolean {
  const missing = missingCredential(credentials);
  if (missing) throw new Error(`The ${missing} to ask for is missing or empty`);
  const { token, username, password } = credentials;
  const accepted: Buffer[] = [];
  if (token) accepted.push(digest(`Bearer ${token}`));
  if (username) {
    accepted.push(digest(`Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`));
  }
  return (authorization = '') => {
    if (accepted.length === 0) return true;
    const sent = digest(authorization);
    // Every one is compared, so that the time does not tell which kind of credential came close.
    return accepted.map((one) => timingSafeEqual(one, sent)).includes(true);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
