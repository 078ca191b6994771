/** Times in data: only their order counts, so any number will do, and of dates what ISO 8601 writes. */

export interface Time {
  readonly kind: 'number' | 'date';
  /** Of a date, milliseconds since 1970. */
  readonly value: number;
}

/** `2026-05`, `2026-05-31`, `2026-05-31 12:00`, `2026-05-31T12:00:00.250+02:00` */
const ISO =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?) ?(Z|[+-]\d{2}(?::?\d{2})?)?)?)?$/i;

/** The time that a cell holds; undefined when it holds none. Without a time zone it is UTC, on every machine. */
export function timeOf(value: unknown): Time | undefined {
  if (value instanceof Date) return time('date', value.getTime());
  if (typeof value === 'number' || typeof value === 'bigint') return time('number', Number(value));
  if (typeof value !== 'string' || value.trim() === '') return undefined;
  const text = value.trim();
  const found = ISO.exec(text);
  if (found === null) return time('number', Number(text));
  const [, year, month, day = '01', clock = '00:00', zone = 'Z'] = found;
  const date = `${year}-${month}-${day}`;
  // Else 30 February is 2 March.
  const known = new Date(`${date}T00:00Z`);
  if (Number.isNaN(known.getTime()) || !known.toISOString().startsWith(date)) return undefined;
  return time('date', Date.parse(`${date}T${clock.replace(',', '.')}${offset(zone)}`));
}

/** As JavaScript reads it: `+0200` and `+02` are `+02:00`. */
function offset(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  const digits = zone.slice(1).replace(':', '').padEnd(4, '0');
  return `${zone[0]}${digits.slice(0, 2)}:${digits.slice(2)}`;
}

const time = (kind: Time['kind'], value: number): Time | undefined =>
  Number.isFinite(value) ? { kind, value } : undefined;
