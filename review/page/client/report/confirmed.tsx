/** Nothing can be changed from a file. */
import type { Confirmed as original } from '../parts/confirmed.js';

export const Confirmed: (props: Parameters<typeof original>[0]) => null = () => null;
