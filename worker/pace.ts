/**
 * Whether jobs are so short that a worker does well to take more of them than it has processes: the next is then at hand when one has
 * no more to compute, and begins while its last words are written. Long ones must not be kept from workers that are idle.
 */

/** Jobs in a row that have to be short. */
const IN_A_ROW = 5;
/** What is short, in ms. */
const SHORT = 200;

export interface Pace {
  /** A job has computed for so long, in ms. */
  took(ms: number): void;
  /** A job had to wait for longer than it may, or did not come to its end. */
  broke(): void;
  isBrisk(): boolean;
}

export function openPace(): Pace {
  let short = 0;
  return {
    took: (ms) => {
      short = ms < SHORT ? short + 1 : 0;
    },
    broke: () => {
      short = 0;
    },
    isBrisk: () => short >= IN_A_ROW,
  };
}
