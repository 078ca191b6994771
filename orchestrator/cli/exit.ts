/** Exit codes: 0 done, 1 failed, 2 bad input, 130 stopped by Ctrl-C. */
export const EXIT = { done: 0, failed: 1, badInput: 2, stopped: 130 } as const;
