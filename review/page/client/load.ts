/** Asks the server, and tells how that goes. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ErrorAnswer } from '../api.js';

export const API = '/api/gridsearch/v1';

export interface Loaded<T> {
  /** What is known; stays while it is asked for again. */
  readonly value: T | undefined;
  /** Why it could not be had the last time. */
  readonly error: string | undefined;
  again(): void;
}

/** @throws Error in words for people */
export async function ask<T>(path: string, signal: AbortSignal, init: RequestInit = {}): Promise<T> {
  let response: Response;
  try {
    response = await fetch(API + path, { ...init, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error('The server does not answer. Is gridsearch still running where this page came from?');
  }
  if (response.ok) return (await response.json()) as T;
  const answer = (await response.json().catch(() => undefined)) as ErrorAnswer | undefined;
  throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
}

/**
 * Asks for a change.
 *
 * @throws Error in words for people
 */
export function change<T>(path: string, body: object): Promise<T> {
  return ask<T>(path, new AbortController().signal, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
}

/** The answer to a question, asked when the path changes and whenever `again` is called. */
export function useLoaded<T>(path: string): Loaded<T> {
  const [state, setState] = useState<{ path: string; value?: T; error?: string }>({ path });
  const [turn, setTurn] = useState(0);
  const again = useRef(() => setTurn((count) => count + 1)).current;
  useEffect(() => {
    const leaving = new AbortController();
    ask<T>(path, leaving.signal).then(
      (value) => setState({ path, value }),
      (error: Error) => {
        if (leaving.signal.aborted) return;
        setState((before) => ({
          path,
          ...(before.path === path && before.value !== undefined && { value: before.value }),
          error: error.message,
        }));
      },
    );
    return () => leaving.abort();
  }, [path, turn]);
  const current = state.path === path ? state : undefined;
  return { value: current?.value, error: current?.error, again };
}
