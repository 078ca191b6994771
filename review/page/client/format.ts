/** Numbers, times and names as people read them. */

/** A score, with as many digits as the command line gives it. */
export function score(value: number | null | undefined): string {
  if (value === null || value === undefined) return '–';
  return Math.abs(value) < 10 ? value.toFixed(4) : value.toPrecision(5);
}

/** Any number, short: 0.003, 1200, 1.23e-7. */
export function plain(value: number | null): string {
  if (value === null) return '–';
  return Number.isInteger(value) && Math.abs(value) < 1e15
    ? String(value)
    : String(Number(value.toPrecision(4)));
}

export function duration(ms: number): string {
  const exact = Math.max(0, ms) / 1000;
  if (exact < 9.95) return `${exact.toFixed(1)} s`;
  // Rounded first: 119.7 s are no `1 min 60 s`.
  const seconds = Math.round(exact);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** How long ago, for a glance; the whole time stands in the title beside it. */
export function ago(time: number, now = Date.now()): string {
  const minutes = Math.floor((now - time) / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ago`;
  return `${Math.floor(hours / 24)} days ago`;
}

export const fullTime = (time: number): string => new Date(time).toLocaleString();

export function bytes(count: number | null): string {
  if (count === null) return '–';
  if (count < 1000) return `${count} B`;
  if (count < 1e6) return `${(count / 1000).toFixed(1)} kB`;
  if (count < 1e9) return `${(count / 1e6).toFixed(count < 1e8 ? 1 : 0)} MB`;
  return `${(count / 1e9).toFixed(1)} GB`;
}

export const counted = (count: number, what: string): string =>
  `${count} ${what}${count === 1 ? '' : /(s|ch)$/.test(what) ? 'es' : 's'}`;
