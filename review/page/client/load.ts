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
  return (await (await answered(path, signal, init)).json()) as T;
}

async function answered(path: string, signal: AbortSignal, init: RequestInit): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(API + path, { ...init, signal });
  } catch (error) {
    if (signal.aborted) throw error;
    throw new Error('The server does not answer. Is gridsearch still running where this page came from?');
  }
  if (response.ok) return response;
  const answer = (await response.json().catch(() => undefined)) as ErrorAnswer | undefined;
  throw new Error(answer?.error?.message ?? `The server answered ${response.status}.`);
}

/**
 * Asks for something that is answered bit by bit: each line is JSON.
 *
 * @throws Error in words for people
 */
export async function* lines<T>(path: string, body: object, signal: AbortSignal): AsyncGenerator<T> {
  const response = await answered(path, signal, posted(body));
  let text = '';
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { value = '', done } = await reader.read();
    const pieces = (text + value).split('\n');
    text = pieces.pop() ?? '';
    for (const piece of pieces) yield JSON.parse(piece) as T;
    if (done) return;
  }
}

/**
 * Asks for a change.
 *
 * @throws Error in words for people
 */
export function change<T>(path: string, body: object): Promise<T> {
  return ask<T>(path, new AbortController().signal, posted(body));
}

const posted = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify(body),
});

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
