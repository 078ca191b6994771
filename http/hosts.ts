/** Which names a server goes by. */
import { isIP } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Reading the interfaces costs some 0.1 ms: unknown addresses must not make it the price of every request. */
const REREAD_MS = 1000;

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

const isLoopback = (name: string): boolean =>
  name === 'localhost' || name === '::1' || (isIP(name) === 4 && name.startsWith('127.'));

/**
 * Tells whether an authority names this server: loopback, an address of this machine, or one of `allowed`, which name
 * a host with or without its port. Another address is refused though none can be pointed here by an attacker's DNS:
 * under one that is not ours, somebody has put something between the client and us that we were not told of.
 */
export function serverNames(
  allowed: readonly string[],
  isOwnAddress: (address: string) => boolean = ownAddresses(),
): (authority: string) => boolean {
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
      isLoopback(name) ||
      names.has(key(authority)) ||
      names.has(key({ name, port: undefined })) ||
      (isIP(name) !== 0 && isOwnAddress(name))
    );
  };
}

/** The addresses of this machine's interfaces; they come and go, so an unknown one has them read again, now and then. */
export function ownAddresses(
  interfaces: typeof networkInterfaces = networkInterfaces,
  now: () => number = () => performance.now(),
): (address: string) => boolean {
  const read = () => new Set(addressesOf(interfaces));
  let known = read();
  let readAt = now();
  return (address) => {
    if (!known.has(address) && now() - readAt >= REREAD_MS) {
      known = read();
      readAt = now();
    }
    return known.has(address);
  };
}

function addressesOf(interfaces: typeof networkInterfaces): string[] {
  try {
    return Object.values(interfaces()).flatMap((some) =>
      (some ?? []).map(({ address }) => (isIP(address) === 6 ? shortest(address) : address)),
    );
  } catch {
    // A confined process may not ask for them; loopback and the allowed names are left to it.
    return [];
  }
}
