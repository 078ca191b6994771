/**
 * How many jobs a worker takes for each of its processes. While they are short the next is at hand when one has no more to compute: its
 * run is opened beside that one's work, and it begins while that one's last words are written. What is ready together travels together
 * then. Long ones must not be kept from workers that are idle. Where each request goes by itself, the words of many would only queue up
 * before the server, and a cancel would wait for them.
 */

/** Jobs in a row that have to be short. */
const IN_A_ROW = 5;

/** For jobs that compute for less than so many ms: how many at a time. */
const TIERS = [
  { below: 25, jobs: 16 },
  { below: 200, jobs: 3 },
  { below: 2000, jobs: 2 },
];

/** Jobs at a time where requests don't travel together. */
const ALONE = 2;

export interface Pace {
  /** A job has computed for so long, in ms; `together` if requests of several travel as one. */
  took(ms: number, together: boolean): void;
  /** A job had to wait for longer than it may, or did not come to its end. */
  broke(): void;
  /** Jobs for each process. */
  jobs(): number;
}

export function openPace(): Pace {
  let last: number[] = [];
  let most = ALONE;
  return {
    took: (ms, together) => {
      last = [...last.slice(1 - IN_A_ROW), ms];
      most = together ? Number.POSITIVE_INFINITY : ALONE;
    },
    broke: () => {
      last = [];
    },
    jobs: () => {
      if (last.length < IN_A_ROW) return 1;
      const longest = Math.max(...last);
      return Math.min(most, TIERS.find(({ below }) => longest < below)?.jobs ?? 1);
    },
  };
}
