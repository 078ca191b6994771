/** Nothing is submitted from a file. */
import type { Again as original } from '../parts/again.js';

export const Again: (props: Parameters<typeof original>[0]) => null = () => null;
