/** Errors of long-running commands, told so that a person can read them. */
import { plain } from './render.js';

/** Between two lines about the same outage, in ms. */
const SAY_EVERY = 30_000;
const LOST_CONNECTION = /ECONNREFUSED|ECONNRESET|ENOENT|EPIPE|ETIMEDOUT|Connection is closed/;

/** Tells of errors, of a lost Redis once in a while only: every connection loses it, and tries again by itself. */
export function errorTeller(say: (line: string) => void): (message: string) => void {
  let saidAt = Number.NEGATIVE_INFINITY;
  return (message) => {
    if (!LOST_CONNECTION.test(message)) return say(plain(message));
    if (performance.now() - saidAt < SAY_EVERY) return;
    saidAt = performance.now();
    say('Redis does not answer; waiting for it. Nothing is lost.');
  };
}
