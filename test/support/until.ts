/** Waits for a condition, not for a time. */
import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the answer is something; returns it.
 *
 * @throws Error with `what` when that takes longer than `ms`
 */
export async function until<T>(
  what: string,
  probe: () => T | Promise<T>,
  ms = 60_000,
): Promise<Exclude<T, undefined | null | false>> {
  const deadline = Date.now() + ms;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== null && value !== false) {
      return value as Exclude<T, undefined | null | false>;
    }
    if (Date.now() > deadline) throw new Error(`waited ${ms} ms in vain until ${what}`);
    await sleep(50);
  }
}
