/** The browser's address: where a view is kept. */

export const address = {
  read: (): string => location.pathname + location.search,
  write(href: string, replace: boolean): void {
    if (replace) history.replaceState(null, '', href);
    else history.pushState(null, '', href);
  },
  /** Back and forward. */
  onReturn(listener: () => void): void {
    addEventListener('popstate', listener);
  },
};
