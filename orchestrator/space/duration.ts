/** Lengths of time as a search space has them: a whole number and one unit. */

/** `90s`, `10m`, `2h`, `1d`; never nothing. */
export const DURATION = /^[1-9]\d{0,5}[smhd]$/;

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/**
 * Milliseconds of such a text.
 *
 * @throws Error when it is not one
 */
export function durationMs(text: string): number {
  if (!DURATION.test(text)) throw new Error(`"${text}" is not a length of time such as 90s, 10m, 2h or 1d`);
  return Number(text.slice(0, -1)) * SECONDS[text.at(-1) as keyof typeof SECONDS] * 1000;
}
