/**
 * How many jobs a worker takes for each of its processes. While they are short the next is at hand when one has no more to compute: its
 * run is opened beside that one's work, and it begins while that one's last words are written. What is ready together travels together
 * then. Long ones must not be kept from workers that are idle.
 */

/** Jobs in a row that have to be short. */
const IN_A_ROW = 5;

/** For jobs that compute for less than so many ms: how many at a time. */
const TIERS = [
  { below: 25, jobs: 16 },
  { below: 200, jobs: 3 },
  { below: 2000, jobs: 2 },
];

export interface Pace {
  /** A job has computed for so long, in ms. */
  took(ms: number): void;
  /** A job had to wait for longer than it may, or did not come to its end. */
  broke(): void;
  /** Jobs for each process. */
  jobs(): number;
}

export function openPace(): Pace {
  let last: number[] = [];
  return {
    took: (ms) => {
      last = [...last.slice(1 - IN_A_ROW), ms];
    },
    broke: () => {
      last = [];
    },
    jobs: () => {
      if (last.length < IN_A_ROW) return 1;
      const longest = Math.max(...last);
      return TIERS.find(({ below }) => longest < below)?.jobs ?? 1;
    },
  };
}
