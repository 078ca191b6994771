/** Which view is shown, and with what: the address alone says it. */
import { signal } from '@preact/signals';
import { address } from './address.js';

interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): Place {
  const [path = '/', query] = address.read().split('?');
  return { path, query: new URLSearchParams(query) };
}

export const place = signal(here());

/** Goes to a view; with `replace`, Back does not come back to what is left. */
export function go(href: string, { replace = false } = {}): void {
  address.write(href, replace);
  const before = place.value.path;
  place.value = here();
  if (place.value.path !== before) {
    scrollTo(0, 0);
    document.querySelector<HTMLElement>('main')?.focus({ preventScroll: true });
  }
}

/** Changes a part of the query; an empty value takes it out. Typing in a filter is no step to go back by. */
export function setQuery(name: string, value: string): void {
  const { path, query } = place.value;
  const changed = new URLSearchParams(query);
  if (value === '') changed.delete(name);
  else changed.set(name, value);
  const text = changed.toString();
  go(text === '' ? path : `${path}?${text}`, { replace: true });
}

/** Follows links without loading the page anew. */
export function followLinks(): void {
  address.onReturn(() => {
    place.value = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest('a');
    const href = link?.getAttribute('href');
    if (!link || !href?.startsWith('/') || link.target || link.hasAttribute('download')) return;
    event.preventDefault();
    go(href);
  });
}

/** Where these runs are compared. */
export const compareHref = (runIds: readonly string[]): string =>
  `/compare?runs=${runIds.map(encodeURIComponent).join(',')}`;

/** The id in an address such as `/runs/ID`, or undefined when it is not of that view. */
export function idIn(path: string, view: string): string | undefined {
  const found = new RegExp(`^/${view}/([^/]+)/?$`).exec(path)?.[1];
  return found === undefined ? undefined : decodeURIComponent(found);
}

/** Name and version in an address such as `/models/NAME/VERSION`. */
export function versionIn(path: string): readonly [string, string] | undefined {
  const [, name, version] = /^\/models\/([^/]+)\/(\d+)\/?$/.exec(path) ?? [];
  return name === undefined || version === undefined ? undefined : [decodeURIComponent(name), version];
}
