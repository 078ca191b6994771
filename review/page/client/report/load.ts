/** In place of a server: the answers that came with the file. */
import type { Loaded } from '../load.js';
import { told } from './told.js';

export function useLoaded<T>(path: string): Loaded<T> {
  return { value: told.answers[path] as T | undefined, error: undefined, again: () => undefined };
}
