/** What models can read of a text. One line adds features. */
import type { Features } from './features.js';
import { tokens } from './tokens.js';

export const FEATURES = { tokens } satisfies Record<string, Features>;
