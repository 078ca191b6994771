/** Jobs laid side by side, as they were worked on: a worker with several processes has a lane for each. */
import type { Timeline } from '../api.js';

export interface Lane {
  readonly worker: string;
  /** Rows of the timeline, by their starts. */
  readonly jobs: readonly number[];
}

/** @param now - Ends what has not ended, ms since 1970. */
export function lanesOf({ worker, startTime, endTime }: Timeline, now: number): Lane[] {
  const lanes: { worker: string; jobs: number[]; until: number }[] = [];
  for (const [job, start] of startTime.entries()) {
    // A lane whose last job has ended by then; runs are opened and closed some ms beside the job.
    const free = lanes.find((lane) => lane.worker === worker[job] && lane.until <= start + 5);
    const until = endTime[job] ?? now;
    if (free) {
      free.jobs.push(job);
      free.until = until;
    } else lanes.push({ worker: worker[job]!, jobs: [job], until });
  }
  return lanes.sort((a, b) => (a.worker < b.worker ? -1 : a.worker > b.worker ? 1 : 0));
}

/** Share of the time from the first start to the last end in which lanes were at work. */
export function busyShare({ startTime, endTime }: Timeline, lanes: readonly Lane[], now: number): number {
  if (startTime.length === 0) return 0;
  const from = Math.min(...startTime.slice(0, 1));
  const to = endTime.reduce<number>((last, end) => Math.max(last, end ?? now), from);
  const worked = startTime.reduce((sum, start, job) => sum + ((endTime[job] ?? now) - start), 0);
  return to === from ? 1 : Math.min(1, worked / ((to - from) * lanes.length));
}
