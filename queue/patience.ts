/** Trouble that passes by itself: how to tell it, and how long to wait before the next try. */

/** Between tries, in ms: a short outage costs little time, a long one few requests. */
const FIRST_WAIT = 1000;
const LONGEST_WAIT = 15_000;

/** How long to wait in trouble that has lasted for so long, ms. */
export const waitInTrouble = (lasted: number): number =>
  Math.min(LONGEST_WAIT, Math.max(FIRST_WAIT, lasted / 4));

/** What a machine lacks for a while: room on its disk, open files. */
const LACKING = new Set(['ENOSPC', 'EDQUOT', 'EMFILE', 'ENFILE', 'EROFS']);

/** Whether the machine lacks something now that has nothing to do with the work. */
export const isMachineTrouble = (error: unknown): error is Error =>
  error instanceof Error && LACKING.has((error as NodeJS.ErrnoException).code ?? '');

/** Redis's own words for "not now": loading its data, no memory, no disk, a replica in between. */
const NOT_NOW = /^(?:LOADING|MISCONF|OOM|READONLY|BUSY|TRYAGAIN|CLUSTERDOWN|MASTERDOWN|NOREPLICAS)\b/;
const LOST = /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|Connection is closed/;

/** Whether a message is about a connection that can't be had, or broke. */
export const isLostConnection = (message: string): boolean => LOST.test(message);

/** Whether Redis can't be reached, or can't do its work now. */
export const isRedisTrouble = (error: unknown): error is Error =>
  error instanceof Error && (NOT_NOW.test(error.message) || isLostConnection(error.message));

/** Whether Redis refuses writes because it can't keep them: its disk is full. */
export const isRedisFull = (error: unknown): boolean =>
  error instanceof Error && /^MISCONF\b/.test(error.message);
