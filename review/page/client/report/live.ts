/** Nothing goes on in a file. */
import type { useLive as original } from '../live.js';

export const useLive: typeof original = () => undefined;
