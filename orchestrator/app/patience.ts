/** How long trouble is waited out before a command gives up. What it carries out stays resumable. */

/** A command can't go on; nothing is lost. */
export class GaveUpError extends Error {
  override readonly name = 'GaveUpError';
}

/** Trouble that nobody has met for so long is over, ms: while it lasts, something runs into it every few seconds. */
const OVER_AFTER = 120_000;

export interface Patience {
  /** Something ran into trouble. */
  trouble(reason: string): void;
  /** Something got through. */
  well(): void;
}

/** Counts how long trouble lasts; calls `giveUp` once, when that is longer than `patienceMs`. */
export function patience(
  patienceMs: number,
  giveUp: (error: GaveUpError) => void,
  now: () => number = () => performance.now(),
): Patience {
  let since: number | undefined;
  let latest = 0;
  return {
    trouble: (reason) => {
      if (since === undefined || now() - latest > OVER_AFTER) since = now();
      latest = now();
      if (latest - since >= patienceMs)
        giveUp(new GaveUpError(`Gave up after ${span(latest - since)} of waiting: ${reason}`));
    },
    well: () => {
      since = undefined;
    },
  };
}

function span(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}
