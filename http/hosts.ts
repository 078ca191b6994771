/** Which names a server goes by. */
import { isIP } from 'node:net';

interface Authority {
  /** Lower case; an IPv6 address without brackets, in its short form. */
  name: string;
  port: string | undefined;
}

/** Takes a Host header, the authority of an Origin, or an entry of a list of names apart. */
function parseAuthority(text: string): Authority | undefined {
  if (isIP(text) === 6) return { name: shortest(text), port: undefined };
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]*)\]|([^:[\]]+))(?::(\d+))?$/.exec(text.toLowerCase()) ?? [];
  if (plain !== undefined) return { name: plain, port };
  return bracketed !== undefined && isIP(bracketed) === 6 && !bracketed.includes('%')
    ? { name: shortest(bracketed), port }
    : undefined;
}

/** One IPv6 address has many spellings; URLs have one. */
const shortest = (address: string): string =>
  new URL(`http://[${address.replace(/%.*/, '')}]`).hostname.slice(1, -1);

/**
 * Tells whether an authority names this server: loopback, or one of `allowed`, which name a host with or without its
 * port. An address can't be pointed elsewhere as a name can, so one is proof that the caller meant this server.
 */
export function serverNames(allowed: readonly string[]): (authority: string) => boolean {
  const key = ({ name, port }: Authority): string => `${name} ${port ?? ''}`;
  const names = new Set<string>();
  for (const text of allowed) {
    const entry = parseAuthority(text);
    if (entry) names.add(key(entry));
  }
  return (text) => {
    const authority = parseAuthority(text);
    if (!authority) return false;
    const { name } = authority;
    return (
      name === 'localhost' ||
      isIP(name) !== 0 ||
      names.has(key(authority)) ||
      names.has(key({ name, port: undefined }))
    );
  };
}
