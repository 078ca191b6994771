/** Authentication with a bearer token or with a user's name and password. */
import { createHash, timingSafeEqual } from 'node:crypto';

/** Either of them lets a request in; without any, every request is. */
export interface Credentials {
  token?: string | undefined;
  username?: string | undefined;
  password?: string | undefined;
}

/**
 * Tells whether an `Authorization` header lets its request in.
 * Digests are compared, not the texts: equal lengths, in a time that tells nothing.
 */
export function authentication({
  token,
  username,
  password,
}: Credentials): (authorization: string | undefined) => boolean {
  const accepted: Buffer[] = [];
  if (token) accepted.push(digest(`Bearer ${token}`));
  if (username && password) {
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
