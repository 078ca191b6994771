/** Waiting for several things, none of which may go on behind the back of whoever waited. */

/** As `Promise.all`, but rejects only once all of them have ended; then with the first in their order. */
export async function allEnded<T extends readonly Promise<unknown>[]>(
  all: readonly [...T],
): Promise<{ [K in keyof T]: Awaited<T[K]> }> {
  await Promise.allSettled(all);
  return (await Promise.all(all)) as { [K in keyof T]: Awaited<T[K]> };
}
