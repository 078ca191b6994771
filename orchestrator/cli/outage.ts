/** Trouble of long-running commands, told so that a person can read it. */
import { isLostConnection } from '../app/index.js';
import { plain } from './render.js';

/** Between two lines about the same trouble, in ms. */
const SAY_EVERY = 30_000;
/** Trouble that nobody has met for so long is over, ms. */
const OVER_AFTER = 120_000;

export interface OutageTeller {
  /** Trouble that is waited out: told once in a while only, as everything that works runs into it again and again. */
  waiting(reason: string): void;
  error(message: string): void;
}

/** Tells of trouble and errors in lines. */
export function outageTeller(say: (line: string) => void): OutageTeller {
  const saidAt = new Map<string, number>();
  const seldom = (line: string): void => {
    const now = performance.now();
    for (const [old, at] of saidAt) if (now - at > OVER_AFTER) saidAt.delete(old);
    const last = saidAt.get(line);
    if (last !== undefined && now - last < SAY_EVERY) return;
    saidAt.set(line, now);
    say(line);
  };
  return {
    waiting: (reason) =>
      seldom(
        isLostConnection(reason) && !reason.includes('tracking')
          ? 'Redis does not answer; waiting for it. Nothing is lost.'
          : `Waiting: ${plain(reason)}. Nothing is lost.`,
      ),
    error: (message) => say(plain(message)),
  };
}
